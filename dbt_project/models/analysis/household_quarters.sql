{{ config(unique_key=['household_id', 'quarter_on']) }}

{#
  The households of each quarter's socio-economic register, with the decile that it gives them.
  Of conflicting deciles within one household: the most frequent, then the most recently
  observed, then the smallest. A label such as 6-10 is known within its bounds, also while the
  register is revising it; any other label is unknown, and unknown stays null.

  Core marks an observation as a repeat when a later quarter restates it with the same date. That
  is no reason to leave it out here: each quarter's register speaks for its own quarter.
#}
with registers as (
    select distinct source_program from {{ ref('eligibility_rules') }} where indicator = 'desil'
),

register_quarters as (
    select
        submission_id, area_code as sender_area_code,
        cast({{ unnest_list(span_starts('period_from', 'period_to', 'quarter')) }} as date) as quarter_on
    from {{ ref('submissions') }}
    where is_serving and program in (select source_program from registers)
),

entries as (
    select
        q.quarter_on, q.sender_area_code,
        coalesce(r.household_id, r.beneficiary_id) as household_id,
        case when r.household_id is null then 'person' else 'household' end as subject_kind,
        r.beneficiary_id, r.submission_id, r.source_row, r.stated_on,
        r.area_code, r.area_level, r.current_area_code, r.match_probability
    from {{ ref('person_records') }} as r
    inner join register_quarters as q on q.submission_id = r.submission_id
    where r.beneficiary_id is not null
),

units as (
    select
        household_id, quarter_on,
        min(subject_kind) as subject_kind,
        count(distinct beneficiary_id) as people_count,
        min({{ struct_of(['submission_id', 'source_row']) }}) as evidence,
        min(sender_area_code) as sender_area_code,
        min(match_probability) as match_probability
    from entries
    group by household_id, quarter_on
),

homes as (
    select household_id, quarter_on, area_code, area_level, current_area_code
    from (
        select
            household_id, quarter_on, area_code, area_level, max(current_area_code) as current_area_code,
            row_number() over (
                partition by household_id, quarter_on
                order by length(area_code) desc, count(*) desc, max(stated_on) desc nulls last, area_code
            ) as choice
        from entries
        where area_code is not null
        group by household_id, quarter_on, area_code, area_level
    ) as counted
    where choice = 1
),

stated as (
    select
        coalesce(o.household_id, o.beneficiary_id) as household_id,
        -- A register observes no day; what it last learnt of the person dates its decile.
        q.quarter_on, coalesce(o.observed_on, r.stated_on) as observed_on, o.submission_id, o.source_row,
        cast(coalesce(
            o.value_number,
            {{ cast_or_null(part('o.value_code', '^([0-9]+)-([0-9]+)(_.*)?$', 1), 'double') }}
        ) as integer) as desil_min,
        cast(coalesce(
            o.value_number,
            {{ cast_or_null(part('o.value_code', '^([0-9]+)-([0-9]+)(_.*)?$', 2), 'double') }}
        ) as integer) as desil_max
    from {{ ref('observations') }} as o
    inner join register_quarters as q on q.submission_id = o.submission_id
    left join {{ ref('person_records') }} as r
        on r.submission_id = o.submission_id and r.source_record_id = o.source_record_id
    where o.indicator_code = 'desil' and o.beneficiary_id is not null
),

desils as (
    select
        household_id, quarter_on, desil_min, desil_max, observed_on, evidence, values_count
    from (
        select
            household_id, quarter_on, desil_min, desil_max,
            max(observed_on) as observed_on,
            min({{ struct_of(['submission_id', 'source_row']) }}) as evidence,
            count(*) over (partition by household_id, quarter_on) as values_count,
            row_number() over (
                partition by household_id, quarter_on
                order by count(*) desc, max(observed_on) desc nulls last, desil_min, desil_max
            ) as choice
        from stated
        where desil_min is not null and desil_max is not null
        group by household_id, quarter_on, desil_min, desil_max
    ) as counted
    where choice = 1
)

select
    u.household_id,
    u.quarter_on,
    {{ quarter_name('u.quarter_on') }} as period,
    u.subject_kind,
    u.people_count,
    case when d.desil_min = d.desil_max then d.desil_min end as desil,
    d.desil_min,
    d.desil_max,
    d.observed_on as desil_observed_on,
    coalesce(d.values_count, 0) as desil_values_count,
    u.sender_area_code,
    homes.area_code,
    homes.area_level,
    homes.current_area_code,
    u.match_probability,
    coalesce(d.evidence, u.evidence).submission_id as submission_id,
    coalesce(d.evidence, u.evidence).source_row as source_row
from units as u
left join homes on homes.household_id = u.household_id and homes.quarter_on = u.quarter_on
left join desils as d on d.household_id = u.household_id and d.quarter_on = u.quarter_on
