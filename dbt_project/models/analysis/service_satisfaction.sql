{{ config(unique_key=['area_code', 'period', 'unit_code', 'program_code']) }}

-- The index of satisfaction (Permenpan 14/2017): of each of the nine questions the mean of its
-- answers, each with the weight one ninth, times 25. Where one of the nine has no answer at all there
-- is no index. Every combination of unit and program, and both together as `all`.
with answers as (
    select
        r.area_code, cast(date_trunc('quarter', coalesce(r.answered_on, r.valid_from)) as date) as quarter_on,
        coalesce(r.unit_code, 'unknown') as unit_code, coalesce(r.program_code, 'unknown') as program_code,
        r.question_code, r.answer_number, concat(r.submission_id, ' ', r.source_record_id) as respondent
    from {{ ref('responses') }} as r
    where not r.is_repeat and r.question_code in ('u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7', 'u8', 'u9')
),

grouped as (
    select
        area_code, quarter_on, coalesce(unit_code, 'all') as unit_code, coalesce(program_code, 'all') as program_code, question_code,
        avg(case when answer_number between 1 and 4 then answer_number end) as question_mean,
        count(case when answer_number between 1 and 4 then 1 end) as answers_count,
        count(distinct respondent) as respondents_count
    from answers
    group by grouping sets (
        (area_code, quarter_on, question_code, unit_code, program_code), (area_code, quarter_on, question_code, unit_code),
        (area_code, quarter_on, question_code, program_code), (area_code, quarter_on, question_code)
    )
)

select
    area_code,
    {{ quarter_name('quarter_on') }} as period,
    quarter_on,
    unit_code,
    program_code,
    max(respondents_count) as respondents_count,
    cast(sum(answers_count) as bigint) as answers_count,
    case when count(question_mean) = 9 then round(sum(question_mean) / 9 * 25, 2) end as satisfaction_index,
    case
        when count(question_mean) < 9 then null
        when round(sum(question_mean) / 9 * 25, 2) >= 88.31 then 'A'
        when round(sum(question_mean) / 9 * 25, 2) >= 76.61 then 'B'
        when round(sum(question_mean) / 9 * 25, 2) >= 65 then 'C'
        else 'D'
    end as quality_code,
    arg_min(question_code, {{ struct_of(['question_mean', 'question_code']) }}) as lowest_question_code,
    max(respondents_count) between 1 and {{ var('small_number', 10) }} - 1 as is_small_number
from grouped
group by area_code, quarter_on, unit_code, program_code
