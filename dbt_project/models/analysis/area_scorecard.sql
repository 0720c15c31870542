{{ config(unique_key=['area_code', 'period']) }}

{#
  Each area in each quarter, at every level from village to province: people, households, poverty,
  help, gaps and stunting. Unknown has a column of its own: the parts and the unknown add up to
  the whole. Where no list of a kind (payments, register, measurements) tells of an area and
  quarter, its counts are null, not 0: nobody has said that there were none. A person whose village is unknown counts in the district or regency that is known,
  so a district can hold more than its villages together. Areas are those of the newest edition;
  a code that was split since stays as it was sent.
#}
with people as (
    select * from {{ ref('int_quarter_households') }}
),

levels as ({{ area_levels() }}
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

-- Who has told of which quarter: lists of programs that pay, registers, lists of measurements.
payments_told as (
    select quarter_on, sender_area_code
    from (
        select
            area_code as sender_area_code,
            cast({{ unnest_list(span_starts('period_from', 'period_to', 'quarter')) }} as date) as quarter_on
        from {{ ref('submissions') }}
        where is_serving and program in (select program from {{ ref('benefits') }})
        union all
        select s.area_code, m.quarter_on
        from {{ ref('int_benefit_months') }} as m
        inner join {{ ref('submissions') }} as s on s.submission_id = m.submission_id
    ) as either
    group by quarter_on, sender_area_code
),

register_told as (
    select distinct quarter_on, sender_area_code from {{ ref('household_quarters') }}
),

measurements_told as (
    select distinct s.area_code as sender_area_code, cast(date_trunc('quarter', o.observed_on) as date) as quarter_on
    from {{ ref('observations') }} as o
    inner join {{ ref('submissions') }} as s on s.submission_id = o.submission_id
    where o.indicator_code in ('zscore_hfa', 'stunting_code', 'height_cm', 'weight_kg') and o.observed_on is not null
),

payments_known as ({{ told_areas('person_areas', 'payments_told') }}),

register_known as ({{ told_areas('person_areas', 'register_told') }}),

measurements_known as ({{ told_areas('person_areas', 'measurements_told') }}),

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
        quarter_on, subject_id,
        max(case when gap_class = 'eligible_unserved' then 1 else 0 end) as is_eligible_unserved,
        max(case when gap_class = 'served_not_eligible' then 1 else 0 end) as is_served_not_eligible,
        max(case when gap_class = 'eligibility_unknown' then 1 else 0 end) as is_eligibility_unknown,
        max(case when gap_class = 'served_unlisted' then 1 else 0 end) as is_served_unlisted,
        max(case when gap_class = 'service_unknown' then 1 else 0 end) as is_service_unknown
    from {{ ref('coverage_gaps') }}
    group by quarter_on, subject_id
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
    left join gaps as g on g.subject_id = h.household_id and g.quarter_on = h.quarter_on
    group by h.quarter_on, substr(h.area_code, 1, l.code_length)
),

-- A child's state is the newest measurement of the quarter that tells it: the z-score where it is
-- plausible (WHO: between -6 and 6), else the sender's own category; unknown where none tells it.
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

judged as (
    select
        quarter_on, beneficiary_id, observed_on,
        case
            when zscore < -2 then 'stunted'
            when zscore is not null then 'not_stunted'
            when category_code in ('stunted', 'severely_stunted') then 'stunted'
            when category_code in ('normal', 'tall') then 'not_stunted'
            else 'unknown'
        end as stunting
    from measured
),

children as (
    select quarter_on, beneficiary_id, stunting
    from (
        select
            *,
            row_number() over (
                partition by quarter_on, beneficiary_id
                order by case when stunting = 'unknown' then 1 else 0 end, observed_on desc
            ) as choice
        from judged
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
    cast(case when r.area_code is not null then coalesce(h.register_households_count, 0) end as bigint) as register_households_count,
    cast(case when r.area_code is not null then coalesce(h.poor_households_count, 0) end as bigint) as poor_households_count,
    cast(case when r.area_code is not null then coalesce(h.not_poor_households_count, 0) end as bigint) as not_poor_households_count,
    coalesce(h.households_count - h.poor_households_count - h.not_poor_households_count, 0) as desil_unknown_households_count,
    -- A share among those of whom it is known; null where nothing is known.
    cast(h.poor_households_count as double)
        / nullif(h.poor_households_count + h.not_poor_households_count, 0) as poor_households_share,
    cast(case when t.area_code is not null then coalesce(h.reached_households_count, 0) end as bigint) as reached_households_count,
    cast(case when r.area_code is not null and t.area_code is not null then coalesce(h.poor_reached_households_count, 0) end as bigint) as poor_reached_households_count,
    case when r.area_code is not null and t.area_code is not null
        then cast(h.poor_reached_households_count as double) / nullif(h.poor_households_count, 0) end as poor_reached_share,
    cast(case when t.area_code is not null
        then case when coalesce(h.reached_households_count, 0) = 0 then 0 else h.amount_idr end end as decimal(18, 2)) as amount_idr,
    cast(case when r.area_code is not null and t.area_code is not null then coalesce(h.eligible_unserved_households_count, 0) end as bigint) as eligible_unserved_households_count,
    cast(case when r.area_code is not null and t.area_code is not null then coalesce(h.served_not_eligible_households_count, 0) end as bigint) as served_not_eligible_households_count,
    cast(case when r.area_code is not null and t.area_code is not null then coalesce(h.eligibility_unknown_households_count, 0) end as bigint) as eligibility_unknown_households_count,
    cast(case when r.area_code is not null and t.area_code is not null then coalesce(h.served_unlisted_households_count, 0) end as bigint) as served_unlisted_households_count,
    cast(case when r.area_code is not null then coalesce(h.service_unknown_households_count, 0) end as bigint) as service_unknown_households_count,
    cast(case when m.area_code is not null then coalesce(c.children_measured_count, 0) end as bigint) as children_measured_count,
    cast(case when m.area_code is not null then coalesce(c.stunted_children_count, 0) end as bigint) as stunted_children_count,
    cast(case when m.area_code is not null then coalesce(c.not_stunted_children_count, 0) end as bigint) as not_stunted_children_count,
    cast(case when m.area_code is not null then coalesce(c.stunting_unknown_children_count, 0) end as bigint) as stunting_unknown_children_count,
    cast(c.stunted_children_count as double)
        / nullif(c.stunted_children_count + c.not_stunted_children_count, 0) as stunted_children_share,
    coalesce(h.households_count, 0) < {{ var('small_number', 10) }}
        or coalesce(h.poor_households_count, 0) between 1 and {{ var('small_number', 10) }} - 1
        or coalesce(c.stunted_children_count, 0) between 1 and {{ var('small_number', 10) }} - 1 as is_small_number
from person_areas as p
left join household_areas as h on h.quarter_on = p.quarter_on and h.area_code = p.area_code
left join child_areas as c on c.quarter_on = p.quarter_on and c.area_code = p.area_code
left join payments_known as t on t.quarter_on = p.quarter_on and t.area_code = p.area_code
left join register_known as r on r.quarter_on = p.quarter_on and r.area_code = p.area_code
left join measurements_known as m on m.quarter_on = p.quarter_on and m.area_code = p.area_code
