{{ config(unique_key=['area_code', 'period']) }}

{#
  Each area in each quarter, at every level from village to province: people, households, poverty,
  help, gaps and stunting. Unknown has a column of its own: the parts and the unknown add up to
  the whole. A person whose village is unknown counts in the district or regency that is known,
  so a district can hold more than its villages together. Areas are those of the newest edition;
  a code that was split since stays as it was sent.
#}
with people as (
    select * from {{ ref('int_quarter_households') }}
),

levels as (
    select 2 as code_length union all select 5 union all select 8 union all select 13
),

person_areas as (
    select
        p.quarter_on, substr(p.area_code, 1, l.code_length) as area_code,
        count(*) as people_count
    from people as p
    inner join levels as l on length(p.area_code) >= l.code_length
    group by p.quarter_on, substr(p.area_code, 1, l.code_length)
),

households as (
    select quarter_on, household_id, area_code
    from (
        select
            quarter_on, household_id, area_code,
            row_number() over (
                partition by quarter_on, household_id
                order by length(area_code) desc nulls last, count(*) desc, area_code
            ) as choice
        from people
        group by quarter_on, household_id, area_code
    ) as counted
    where choice = 1
),

paid as (
    select
        m.quarter_on,
        coalesce(p.household_id, m.household_id, m.beneficiary_id) as household_id,
        sum(m.amount_month_idr) as amount_idr
    from {{ ref('int_benefit_months') }} as m
    left join people as p on p.quarter_on = m.quarter_on and p.beneficiary_id = m.beneficiary_id
    where m.status_code = 'paid'
    group by m.quarter_on, coalesce(p.household_id, m.household_id, m.beneficiary_id)
),

gaps as (
    select
        quarter_on, household_id,
        max(case when gap_class = 'eligible_unserved' then 1 else 0 end) as is_eligible_unserved,
        max(case when gap_class = 'served_not_eligible' then 1 else 0 end) as is_served_not_eligible,
        max(case when gap_class = 'eligibility_unknown' then 1 else 0 end) as is_eligibility_unknown,
        max(case when gap_class = 'served_unlisted' then 1 else 0 end) as is_served_unlisted,
        max(case when gap_class = 'service_unknown' then 1 else 0 end) as is_service_unknown
    from {{ ref('coverage_gaps') }}
    group by quarter_on, household_id
),

household_areas as (
    select
        h.quarter_on, substr(h.area_code, 1, l.code_length) as area_code,
        count(*) as households_count,
        count(case when q.household_id is not null then 1 end) as register_households_count,
        count(case when q.desil_max <= {{ var('poor_desil_max', 4) }} then 1 end) as poor_households_count,
        count(case when q.desil_min > {{ var('poor_desil_max', 4) }} then 1 end) as not_poor_households_count,
        count(case when paid.household_id is not null then 1 end) as reached_households_count,
        count(case when paid.household_id is not null and q.desil_max <= {{ var('poor_desil_max', 4) }} then 1 end) as poor_reached_households_count,
        sum(paid.amount_idr) as amount_idr,
        sum(coalesce(g.is_eligible_unserved, 0)) as eligible_unserved_households_count,
        sum(coalesce(g.is_served_not_eligible, 0)) as served_not_eligible_households_count,
        sum(coalesce(g.is_eligibility_unknown, 0)) as eligibility_unknown_households_count,
        sum(coalesce(g.is_served_unlisted, 0)) as served_unlisted_households_count,
        sum(coalesce(g.is_service_unknown, 0)) as service_unknown_households_count
    from households as h
    inner join levels as l on length(h.area_code) >= l.code_length
    left join {{ ref('household_quarters') }} as q
        on q.household_id = h.household_id and q.quarter_on = h.quarter_on
    left join paid on paid.household_id = h.household_id and paid.quarter_on = h.quarter_on
    left join gaps as g on g.household_id = h.household_id and g.quarter_on = h.quarter_on
    group by h.quarter_on, substr(h.area_code, 1, l.code_length)
),

-- A child's state is the newest measurement of the quarter: the z-score where it is plausible
-- (WHO: between -6 and 6), else the sender's own category, else unknown.
measured as (
    select
        cast(date_trunc('quarter', observed_on) as date) as quarter_on, beneficiary_id, observed_on,
        max(case when indicator_code = 'zscore_hfa' and value_number between -6 and 6 then value_number end) as zscore,
        max(case when indicator_code = 'stunting_code' then value_code end) as category_code
    from {{ ref('observations') }}
    where indicator_code in ('zscore_hfa', 'stunting_code', 'height_cm', 'weight_kg')
        and not is_repeat and observed_on is not null and beneficiary_id is not null
    group by cast(date_trunc('quarter', observed_on) as date), beneficiary_id, observed_on
),

children as (
    select
        quarter_on, beneficiary_id,
        case
            when zscore < -2 then 'stunted'
            when zscore is not null then 'not_stunted'
            when category_code in ('stunted', 'severely_stunted') then 'stunted'
            when category_code in ('normal', 'tall') then 'not_stunted'
            else 'unknown'
        end as stunting
    from (
        select
            *,
            row_number() over (partition by quarter_on, beneficiary_id order by observed_on desc) as choice
        from measured
    ) as dated
    where choice = 1
),

child_areas as (
    select
        c.quarter_on, substr(p.area_code, 1, l.code_length) as area_code,
        count(*) as children_measured_count,
        count(case when c.stunting = 'stunted' then 1 end) as stunted_children_count,
        count(case when c.stunting = 'not_stunted' then 1 end) as not_stunted_children_count,
        count(case when c.stunting = 'unknown' then 1 end) as stunting_unknown_children_count
    from children as c
    inner join people as p on p.quarter_on = c.quarter_on and p.beneficiary_id = c.beneficiary_id
    inner join levels as l on length(p.area_code) >= l.code_length
    group by c.quarter_on, substr(p.area_code, 1, l.code_length)
)

select
    p.area_code,
    {{ quarter_name('p.quarter_on') }} as period,
    p.quarter_on,
    {{ area_level_of('p.area_code') }} as area_level,
    p.people_count,
    coalesce(h.households_count, 0) as households_count,
    coalesce(h.register_households_count, 0) as register_households_count,
    coalesce(h.poor_households_count, 0) as poor_households_count,
    coalesce(h.not_poor_households_count, 0) as not_poor_households_count,
    coalesce(h.households_count - h.poor_households_count - h.not_poor_households_count, 0) as desil_unknown_households_count,
    -- A share among those of whom it is known; null where nothing is known.
    cast(h.poor_households_count as double)
        / nullif(h.poor_households_count + h.not_poor_households_count, 0) as poor_households_share,
    coalesce(h.reached_households_count, 0) as reached_households_count,
    coalesce(h.poor_reached_households_count, 0) as poor_reached_households_count,
    cast(h.poor_reached_households_count as double) / nullif(h.poor_households_count, 0) as poor_reached_share,
    cast(h.amount_idr as decimal(18, 2)) as amount_idr,
    cast(coalesce(h.eligible_unserved_households_count, 0) as bigint) as eligible_unserved_households_count,
    cast(coalesce(h.served_not_eligible_households_count, 0) as bigint) as served_not_eligible_households_count,
    cast(coalesce(h.eligibility_unknown_households_count, 0) as bigint) as eligibility_unknown_households_count,
    cast(coalesce(h.served_unlisted_households_count, 0) as bigint) as served_unlisted_households_count,
    cast(coalesce(h.service_unknown_households_count, 0) as bigint) as service_unknown_households_count,
    coalesce(c.children_measured_count, 0) as children_measured_count,
    coalesce(c.stunted_children_count, 0) as stunted_children_count,
    coalesce(c.not_stunted_children_count, 0) as not_stunted_children_count,
    coalesce(c.stunting_unknown_children_count, 0) as stunting_unknown_children_count,
    cast(c.stunted_children_count as double)
        / nullif(c.stunted_children_count + c.not_stunted_children_count, 0) as stunted_children_share,
    coalesce(
        h.households_count < {{ var('small_number', 10) }}
        or h.poor_households_count between 1 and {{ var('small_number', 10) }} - 1
        or c.stunted_children_count between 1 and {{ var('small_number', 10) }} - 1,
        true
    ) as is_small_number
from person_areas as p
left join household_areas as h on h.quarter_on = p.quarter_on and h.area_code = p.area_code
left join child_areas as c on c.quarter_on = p.quarter_on and c.area_code = p.area_code
