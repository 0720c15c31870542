{{ config(unique_key='response_id') }}

-- Answers tell of a service, not of a person: respondents are not linked with anybody, and their
-- age, sex and schooling stay in the vault. The area is the sender's: a survey tells no other.
-- Repeats: a file believed more of the same program, regency and period holds the same respondent
-- of the same unit, or one file holds it twice.
with submissions as (
    {{ submission_order() }}
),

newest_editions as (
    select area_code, edition, row_number() over (partition by area_code order by edition desc) as place_no
    from {{ ref('int_area_current') }}
    where current_area_code is not null
    group by area_code, edition
),

currents as (
    select c.area_code, max(c.current_area_code) as current_area_code
    from {{ ref('int_area_current') }} as c
    inner join newest_editions as n on n.area_code = c.area_code and n.edition = c.edition and n.place_no = 1
    where c.current_area_code is not null
    group by c.area_code
    having count(*) = 1
),

stated as (
    select
        r.*,
        s.period_from, s.period_to, s.sender_area_code, s.sender_regency, s.recency,
        {{ day_near('r.answered_on', 's.period_from') }} as own_day_on,
        case
            when r.response_no = concat('row ', r.source_row) then concat(r.submission_id, ' ', r.response_no)
            else r.response_no
        end as respondent_key
    from {{ ref('int_responses') }} as r
    left join submissions as s on s.submission_id = r.submission_id
)

select
    {{ fact_id(['f.program', 'f.submission_id', 'f.source_record_id', 'f.question_code']) }} as response_id,
    f.program,
    f.submission_id,
    f.source_row,
    f.source_record_id,
    f.question_code,
    f.answer_number,
    f.unit_code,
    f.program_code,
    f.own_day_on as answered_on,
    f.period_from as valid_from,
    f.period_to as valid_to,
    f.sender_area_code as area_code,
    {{ area_level_of('f.sender_area_code') }} as area_level,
    'sender' as area_method,
    c.current_area_code,
    f.recency > min(f.recency) over (
        partition by f.program, f.sender_regency, f.period_from, f.respondent_key, f.unit_name, f.question_code
    )
    or row_number() over (
        partition by f.submission_id, f.respondent_key, f.unit_name, f.question_code order by f.source_row, f.source_record_id
    ) > 1 as is_repeat
from stated as f
left join currents as c on c.area_code = f.sender_area_code
