{{ config(unique_key='outcome_id') }}

{#
  Help and what became of whoever got it, each with its before and after; a row also where the after
  is not known. Codes:
    training_work       work before a training, and 3 and 6 months after it; wage at 6 months
    supplement_height   height for age at the first supplement, and at the last visit 2 to 12 months later
    scholarship_school  scholarship paid, and the last pupils' list after its year that has the pupil; else the
                        first list of the same sender that could have had it
    house_condition     the house in the list of unfit houses, and after the repair
    business_turnover   turnover at the start of the help, and 3 and 6 months after; graduation
    pkh_decile          the household's decile in the first quarter paid, and in the last quarter known
  An effect is not proved by it: nobody knows from one person what would have been without the help.
#}
{%- set tolerance = 0.1 %}
{%- set outcome_key = [
    'f.outcome_code', 'f.program_code', 'f.component_code', 'f.exposed_from', 'f.exposed_to',
    "case when f.outcome_code in ('training_work', 'business_turnover') then f.horizon_months end",
    'f.evidence.submission_id', 'f.evidence.source_row'] %}
with told as (
    select
        beneficiary_id, program, indicator_code, value_number, value_code, submission_id, source_row,
        source_record_id, coalesce(observed_on, valid_to) as told_on, observed_on, match_probability
    from {{ ref('observations') }}
    where not is_repeat and beneficiary_id is not null and (value_number is not null or value_code is not null)
),

-- Questions of one row, side by side.
asked as (
    select
        program, submission_id, source_row, source_record_id, beneficiary_id,
        min(match_probability) as match_probability,
        {%- for name in ['work_before_training', 'work_3_months_after_training', 'work_6_months_after_training',
            'house_condition_after', 'graduated'] %}
        min(case when indicator_code = '{{ name }}' then value_code end) as {{ name }},
        {%- endfor %}
        {%- for name in ['wage_6_months_after_training', 'turnover_start', 'turnover_3_months', 'turnover_6_months', 'house_repair_progress_percent'] %}
        min(case when indicator_code = '{{ name }}' then value_number end) as {{ name }},
        {%- endfor %}
        min(case when indicator_code in ('work_before_training', 'turnover_start') then told_on end) as before_on,
        min(case when indicator_code = 'work_3_months_after_training' or indicator_code = 'turnover_3_months' then told_on end) as after_3_on,
        min(case when indicator_code = 'work_6_months_after_training' or indicator_code = 'turnover_6_months' then told_on end) as after_6_on,
        min(case when indicator_code = 'house_condition_after' then observed_on end) as house_on
    from told
    where indicator_code like 'work_%' or indicator_code like 'wage_%' or indicator_code like 'turnover_%'
        or indicator_code in ('house_condition_after', 'house_repair_progress_percent', 'graduated')
    group by program, submission_id, source_row, source_record_id, beneficiary_id
),

trainings as (
    select
        e.program_code, e.beneficiary_id, e.submission_id, e.source_row, e.match_probability,
        e.valid_from as exposed_from, coalesce(e.valid_to, e.valid_from) as exposed_to, e.component_code,
        a.work_before_training, a.work_3_months_after_training, a.work_6_months_after_training,
        a.wage_6_months_after_training, a.before_on, a.after_3_on, a.after_6_on
    from {{ ref('enrolments') }} as e
    left join asked as a
        on a.submission_id = e.submission_id and a.source_record_id = e.source_record_id
    where not e.is_repeat and e.beneficiary_id is not null and e.valid_from is not null
        and e.program_code in (select program from {{ ref('programs') }} where sector = 'employment')
),

supplements as (
    select beneficiary_id, program, min(happened_on) as exposed_from, max(happened_on) as exposed_to,
        min({{ struct_of(['submission_id', 'source_row']) }}) as evidence, min(match_probability) as match_probability
    from {{ ref('service_events') }}
    where service_code = 'supplementary_food' and not is_repeat and happened_on is not null and beneficiary_id is not null
    group by beneficiary_id, program
),

heights as (
    select beneficiary_id, observed_on, min(value_number) as zscore
    from told
    where indicator_code = 'zscore_hfa' and value_number between -6 and 6 and observed_on is not null
    group by beneficiary_id, observed_on
),

grown as (
    select
        s.program, s.beneficiary_id, s.exposed_from, s.exposed_to, s.evidence, s.match_probability,
        arg_max(b.zscore, b.observed_on) as before_zscore, max(b.observed_on) as before_on,
        arg_max(a.zscore, a.observed_on) as after_zscore, max(a.observed_on) as after_on
    from supplements as s
    left join heights as b
        on b.beneficiary_id = s.beneficiary_id and b.observed_on <= s.exposed_from and b.observed_on >= s.exposed_from - interval 3 month
    left join heights as a
        on a.beneficiary_id = s.beneficiary_id and a.observed_on >= s.exposed_from + interval 2 month and a.observed_on <= s.exposed_from + interval 12 month
    group by s.program, s.beneficiary_id, s.exposed_from, s.exposed_to, s.evidence, s.match_probability
),

scholarships as (
    select
        program_code, coalesce(for_beneficiary_id, beneficiary_id) as beneficiary_id,
        min(valid_from) as exposed_from, max(valid_to) as exposed_to,
        min({{ struct_of(['submission_id', 'source_row']) }}) as evidence, min(match_probability) as match_probability
    from {{ ref('benefits') }}
    where benefit_type_code = 'scholarship' and status_code = 'paid' and not is_repeat and valid_from is not null and beneficiary_id is not null
    group by program_code, coalesce(for_beneficiary_id, beneficiary_id), extract(year from valid_from)
),

-- Pupils' lists: of which sender, when; and whom they name.
school_lists as (
    select distinct s.area_code, s.period_from, s.period_to
    from {{ ref('submissions') }} as s
    inner join {{ ref('enrolments') }} as e on e.submission_id = s.submission_id and e.program_code = 'dapodik'
    where s.is_serving
),

pupils as (
    select e.beneficiary_id, s.area_code, e.valid_from, e.valid_to, e.component_code, e.status_code,
        min({{ struct_of(['e.submission_id', 'e.source_row']) }}) as evidence
    from {{ ref('enrolments') }} as e
    inner join {{ ref('submissions') }} as s on s.submission_id = e.submission_id
    where e.program_code = 'dapodik' and not e.is_repeat and e.beneficiary_id is not null and e.valid_from is not null
    group by e.beneficiary_id, s.area_code, e.valid_from, e.valid_to, e.component_code, e.status_code
),

schooled as (
    select
        c.program_code, c.beneficiary_id, c.exposed_from, c.exposed_to, c.evidence, c.match_probability,
        max(case when n.valid_from > c.exposed_to and n.status_code = 'active' then n.valid_from end) as at_school_on,
        max(case when n.valid_from <= c.exposed_to and n.valid_to >= c.exposed_from then n.area_code end) as school_sender,
        max(case when n.valid_from > c.exposed_to and n.status_code <> 'active' then n.status_code end) as left_code
    from scholarships as c
    left join pupils as n on n.beneficiary_id = c.beneficiary_id
    group by c.program_code, c.beneficiary_id, c.exposed_from, c.exposed_to, c.evidence, c.match_probability
),

followed as (
    select
        s.program_code, s.beneficiary_id, s.exposed_from, s.exposed_to, s.evidence, s.match_probability,
        s.at_school_on, s.left_code, b.died_by_on, b.moved_by_on, min(l.period_from) as next_list_on
    from schooled as s
    inner join {{ ref('beneficiaries') }} as b on b.beneficiary_id = s.beneficiary_id
    left join school_lists as l on l.area_code = s.school_sender and l.period_from > s.exposed_to
    group by s.program_code, s.beneficiary_id, s.exposed_from, s.exposed_to, s.evidence, s.match_probability,
        s.at_school_on, s.left_code, b.died_by_on, b.moved_by_on
),

deciles as (
    select
        p.household_id, min(p.quarter_on) as first_quarter_on, min(p.evidence) as evidence, min(p.match_probability) as match_probability,
        max(p.quarter_on) as last_paid_on
    from (
        select
            coalesce(m.household_id, m.beneficiary_id) as household_id, m.quarter_on,
            min({{ struct_of(['m.submission_id', 'm.source_row', 'm.beneficiary_id']) }}) as evidence, min(m.match_probability) as match_probability
        from {{ ref('int_benefit_months') }} as m
        where m.program_code = 'pkh' and m.status_code = 'paid' and m.beneficiary_id is not null
        group by coalesce(m.household_id, m.beneficiary_id), m.quarter_on
    ) as p
    group by p.household_id
),

ranked as (
    select
        d.household_id, d.evidence, d.match_probability, d.first_quarter_on, d.last_paid_on,
        arg_min(q.desil_min, q.quarter_on) as before_desil_min, arg_min(q.desil_max, q.quarter_on) as before_desil_max,
        min(q.quarter_on) as before_on,
        arg_max(q.desil_min, q.quarter_on) as after_desil_min, arg_max(q.desil_max, q.quarter_on) as after_desil_max,
        max(q.quarter_on) as after_on
    from deciles as d
    left join {{ ref('household_quarters') }} as q
        on q.household_id = d.household_id and q.quarter_on >= d.first_quarter_on and q.desil_min is not null
    group by d.household_id, d.evidence, d.match_probability, d.first_quarter_on, d.last_paid_on
),

found as (
    {%- for months in [3, 6] %}
    select
        'training_work' as outcome_code, program_code, beneficiary_id, cast(null as varchar) as household_id,
        {{ struct_of(['submission_id', 'source_row']) }} as evidence, match_probability, component_code,
        exposed_from, exposed_to, {{ months }} as horizon_months,
        before_on, cast(null as double) as before_number, work_before_training as before_code,
        after_{{ months }}_on as after_on,
        {{ 'wage_6_months_after_training' if months == 6 else 'cast(null as double)' }} as after_number,
        work_{{ months }}_months_after_training as after_code,
        case
            when work_{{ months }}_months_after_training is null then 'unknown'
            when work_{{ months }}_months_after_training in ('working', 'self_employed')
                then case when work_before_training in ('working', 'self_employed') then 'same' when work_before_training is null then 'reached' else 'better' end
            when work_{{ months }}_months_after_training = 'studying' then 'same'
            when work_{{ months }}_months_after_training = 'not_working'
                then case when work_before_training in ('working', 'self_employed') then 'worse' when work_before_training is null then 'not_reached' else 'same' end
            else 'unknown'
        end as result_code
    from trainings
    union all
    select
        'business_turnover', b.program_code, a.beneficiary_id, null,
        {{ struct_of(['a.submission_id', 'a.source_row']) }}, a.match_probability, b.component_code,
        b.valid_from, b.valid_from, {{ months }},
        b.valid_from, a.turnover_start, null,
        a.after_{{ months }}_on, a.turnover_{{ months }}_months,
        {{ "case a.graduated when 'yes' then 'graduated' when 'no' then 'not_graduated' end" if months == 6 else 'null' }},
        case
            when a.turnover_{{ months }}_months is null or a.turnover_start is null then 'unknown'
            when a.turnover_{{ months }}_months > a.turnover_start then 'better'
            when a.turnover_{{ months }}_months < a.turnover_start then 'worse'
            else 'same'
        end
    from asked as a
    inner join {{ ref('benefits') }} as b
        on b.submission_id = a.submission_id and b.source_record_id = a.source_record_id
        and b.benefit_type_code = 'business_capital' and not b.is_repeat and b.valid_from is not null and b.status_code = 'paid'
    union all
    {%- endfor %}
    select
        'supplement_height', program, beneficiary_id, null, evidence, match_probability, null,
        exposed_from, exposed_to, {{ dbt.datediff('exposed_from', 'after_on', 'month') }},
        before_on, before_zscore, case when before_zscore < -2 then 'stunted' when before_zscore is not null then 'not_stunted' end,
        after_on, after_zscore, case when after_zscore < -2 then 'stunted' when after_zscore is not null then 'not_stunted' end,
        case
            when after_zscore is null or before_zscore is null then 'unknown'
            when after_zscore > before_zscore + {{ tolerance }} then 'better'
            when after_zscore < before_zscore - {{ tolerance }} then 'worse'
            else 'same'
        end
    from grown
    union all
    select
        'scholarship_school', program_code, beneficiary_id, null, evidence, match_probability, null,
        exposed_from, exposed_to, {{ dbt.datediff('exposed_to', 'coalesce(at_school_on, next_list_on)', 'month') }},
        null, null, 'at_school',
        coalesce(at_school_on, next_list_on), null,
        case when at_school_on is not null then 'at_school' when left_code is not null then left_code
            when died_by_on is not null then 'died' when moved_by_on is not null then 'moved'
            when next_list_on is not null then 'not_listed' end,
        case when at_school_on is not null or left_code = 'graduated' then 'reached'
            when left_code in ('left', 'dropped_out') then 'not_reached'
            when died_by_on is not null or moved_by_on is not null then 'unknown'
            when next_list_on is not null then 'not_reached' else 'unknown' end
    from followed
    union all
    select
        'house_condition', coalesce(b.program_code, a.program), a.beneficiary_id, null,
        {{ struct_of(['a.submission_id', 'a.source_row']) }}, a.match_probability, b.component_code,
        b.valid_from, b.valid_to, null,
        null, null, 'unfit', a.house_on, a.house_repair_progress_percent, a.house_condition_after,
        case a.house_condition_after when 'fit' then 'better' when 'unfit' then 'same' else 'unknown' end
    from asked as a
    left join {{ ref('benefits') }} as b
        on b.submission_id = a.submission_id and b.source_record_id = a.source_record_id
        and b.benefit_type_code = 'house_repair' and not b.is_repeat
    where a.house_condition_after is not null or a.house_repair_progress_percent is not null
    union all
    select
        'pkh_decile', 'pkh', evidence.beneficiary_id, household_id, {{ struct_of(['evidence.submission_id', 'evidence.source_row']) }},
        match_probability, null, first_quarter_on, last_paid_on,
        case when after_on > before_on then {{ dbt.datediff('before_on', 'after_on', 'month') }} end,
        before_on, case when before_desil_min = before_desil_max then before_desil_min end, null,
        case when after_on > before_on then after_on end, case when after_on > before_on and after_desil_min = after_desil_max then after_desil_min end, null,
        case
            when before_on is null or after_on is null or after_on <= before_on then 'unknown'
            when after_desil_min > before_desil_max then 'better'
            when after_desil_max < before_desil_min then 'worse'
            when after_desil_min = before_desil_min and after_desil_max = before_desil_max then 'same'
            else 'unknown'
        end
    from ranked
)

select
    -- Of where it is told, not of the drawn ids of people: the same lists give the same id.
    {{ fact_id(outcome_key + ['row_number() over (partition by ' ~ outcome_key | join(', ') ~ ' order by f.beneficiary_id, f.household_id)']) }} as outcome_id,
    f.outcome_code,
    f.program_code,
    f.component_code,
    f.beneficiary_id,
    coalesce(f.household_id, b.household_id) as household_id,
    f.exposed_from,
    f.exposed_to,
    cast(f.horizon_months as integer) as horizon_months,
    f.before_on,
    cast(f.before_number as double) as before_number,
    f.before_code,
    f.after_on,
    cast(f.after_number as double) as after_number,
    f.after_code,
    f.result_code,
    b.sex_code,
    b.area_code,
    b.current_area_code,
    f.match_probability,
    f.evidence.submission_id as submission_id,
    f.evidence.source_row as source_row
from found as f
inner join {{ ref('beneficiaries') }} as b on b.beneficiary_id = f.beneficiary_id
