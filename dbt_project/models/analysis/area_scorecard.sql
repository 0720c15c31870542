{{ config(unique_key=['area_code', 'period']) }}

{#
  Each area in each quarter, at every level from village to province: people, households, poverty,
  help, gaps and stunting. Unknown has a column of its own: the parts and the unknown add up to
  the whole. Where no list of a kind (payments, register, measurements) tells of an area and
  quarter, its counts are null, not 0: nobody has said that there were none. A person whose village is unknown counts in the district or regency that is known,
  so a district can hold more than its villages together. Areas are those of the newest edition;
  a code that was split since stays as it was sent.

  Money of the budget is what lines name the area or one below it, in the last month of the quarter
  that its sender told. Inequality is that between the areas one level below: Gini of the rupiah per
  poor person, each area counting alike, and the mean of the best fifth of them by that of the worst.
#}
with people as (
    select * from {{ ref('person_quarters') }}
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
),

vulnerable as (
    select
        p.quarter_on, substr(p.area_code, 1, l.code_length) as area_code,
        count(case when p.poor_code = 'yes' then 1 end) as poor_people_count,
        count(case when p.poor_code = 'unknown' then 1 end) as poor_unknown_people_count,
        count(case when p.sex_code = 'female' then 1 end) as women_count,
        count(case when p.age_code = '0_4' then 1 end) as children_under_five_count,
        count(case when p.age_code = '60_up' then 1 end) as elderly_people_count,
        count(case when p.age_code = 'unknown' then 1 end) as age_unknown_people_count,
        count(case when p.disability_code = 'yes' then 1 end) as people_with_disability_count,
        count(case when p.disability_code = 'unknown' then 1 end) as disability_unknown_people_count
    from people as p
    inner join levels as l on length(p.area_code) >= l.code_length
    group by p.quarter_on, substr(p.area_code, 1, l.code_length)
),

budget_lines as (
    select
        cast(date_trunc('quarter', b.month_on) as date) as quarter_on,
        coalesce(b.current_area_code, b.area_code, s.area_code) as area_code,
        b.month_on, b.ceiling_idr, b.realised_idr,
        max(b.month_on) over (partition by s.area_code, date_trunc('quarter', b.month_on)) as newest_on
    from {{ ref('budget_lines') }} as b
    inner join {{ ref('submissions') }} as s on s.submission_id = b.submission_id
    where not b.is_repeat and b.month_on is not null
),

budgets as (
    select
        b.quarter_on, substr(b.area_code, 1, l.code_length) as area_code,
        sum(b.ceiling_idr) as budget_ceiling_idr, sum(b.realised_idr) as budget_realised_idr,
        sum(case when b.ceiling_idr is not null then b.realised_idr end) as comparable_realised_idr,
        sum(case when b.realised_idr is not null then b.ceiling_idr end) as comparable_ceiling_idr
    from budget_lines as b
    inner join levels as l on length(b.area_code) >= l.code_length
    where b.month_on = b.newest_on
    group by b.quarter_on, substr(b.area_code, 1, l.code_length)
),

timely as (
    select
        quarter_on, area_code, sum(in_time_count) as in_time_count, sum(late_count) as late_count
    from {{ ref('benefit_timeliness') }}
    group by quarter_on, area_code
),

waits as (
    select
        cast(date_trunc('quarter', greatest(b.valid_from, b.valid_to)) as date) as quarter_on,
        substr(b.area_code, 1, l.code_length) as area_code,
        {{ median_of(dbt.datediff('b.valid_from', 'b.paid_on', 'day')) }} as wait_days_median
    from (
        select f.valid_from, f.valid_to, f.paid_on, coalesce(f.current_area_code, f.area_code, s.area_code) as area_code
        from {{ ref('benefits') }} as f
        inner join {{ ref('submissions') }} as s on s.submission_id = f.submission_id
        where not f.is_repeat and f.is_period_known and f.status_code = 'paid' and f.paid_on is not null
    ) as b
    inner join levels as l on length(b.area_code) >= l.code_length
    group by cast(date_trunc('quarter', greatest(b.valid_from, b.valid_to)) as date), substr(b.area_code, 1, l.code_length)
),

complaints as (
    select quarter_on, area_code, sum(complaints_count) as complaints_count, sum(open_count) as complaints_open_count
    from {{ ref('grievance_resolution') }}
    group by quarter_on, area_code
),

complaints_told as (
    select distinct
        s.area_code as sender_area_code,
        cast({{ unnest_list(span_starts('s.period_from', 's.period_to', 'quarter')) }} as date) as quarter_on
    from {{ ref('submissions') }} as s
    where s.is_serving and s.program in (select program from {{ ref('grievances') }})
),

complaints_known as ({{ told_areas('person_areas', 'complaints_told') }}),

visits as (
    select
        cast(date_trunc('quarter', e.happened_on) as date) as quarter_on, substr(e.area_code, 1, l.code_length) as area_code,
        count(case when e.provider_kind_code = 'mobile_clinic' then 1 end) as mobile_services_count,
        count(distinct case when e.provider_kind_code = 'mobile_clinic' then concat(e.area_code, ' ', e.happened_on) end) as mobile_visits_count
    from (
        select v.happened_on, v.provider_kind_code, coalesce(v.current_area_code, v.area_code, s.area_code) as area_code
        from {{ ref('service_events') }} as v
        inner join {{ ref('submissions') }} as s on s.submission_id = v.submission_id
        where not v.is_repeat and v.happened_on is not null
            and v.program in (select program from {{ ref('service_events') }} where provider_kind_code is not null)
    ) as e
    inner join levels as l on length(e.area_code) >= l.code_length
    group by cast(date_trunc('quarter', e.happened_on) as date), substr(e.area_code, 1, l.code_length)
),

distances as (
    select
        p.quarter_on, substr(p.area_code, 1, l.code_length) as area_code,
        avg(cast(o.value_number as decimal(38, 6))) as school_distance_km_mean, count(distinct o.beneficiary_id) as school_distance_known_count
    from {{ ref('observations') }} as o
    inner join people as p
        on p.beneficiary_id = o.beneficiary_id and p.quarter_on between date_trunc('quarter', o.valid_from) and o.valid_to
    inner join levels as l on length(p.area_code) >= l.code_length
    where o.indicator_code = 'school_distance_km' and o.value_number between 0 and 100 and not o.is_repeat
    group by p.quarter_on, substr(p.area_code, 1, l.code_length)
),

cards as (
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
        or coalesce(c.stunted_children_count, 0) between 1 and {{ var('small_number', 10) }} - 1
        or coalesce(n.people_with_disability_count, 0) between 1 and {{ var('small_number', 10) }} - 1 as is_small_number,
    cast(case when r.area_code is not null then n.poor_people_count end as bigint) as poor_people_count,
    n.poor_unknown_people_count,
    n.women_count,
    n.children_under_five_count,
    n.elderly_people_count,
    n.age_unknown_people_count,
    n.people_with_disability_count,
    n.disability_unknown_people_count,
    cast(case when r.area_code is not null and t.area_code is not null
        then case when coalesce(h.reached_households_count, 0) = 0 then 0 else h.amount_idr end
            / nullif(n.poor_people_count, 0) end as double) as amount_per_poor_person_idr,
    cast(b.budget_ceiling_idr as decimal(20, 2)) as budget_ceiling_idr,
    cast(b.budget_realised_idr as decimal(20, 2)) as budget_realised_idr,
    cast(b.comparable_realised_idr as double) / nullif(cast(b.comparable_ceiling_idr as double), 0) as budget_realised_share,
    cast(y.in_time_count as bigint) as benefits_in_time_count,
    cast(y.late_count as bigint) as benefits_late_count,
    cast(w.wait_days_median as double) as wait_days_median,
    d.school_distance_km_mean,
    coalesce(d.school_distance_known_count, 0) as school_distance_known_count,
    v.mobile_services_count,
    v.mobile_visits_count,
    cast(case when k.area_code is not null then coalesce(g.complaints_count, 0) end as bigint) as complaints_count,
    cast(case when k.area_code is not null then coalesce(g.complaints_open_count, 0) end as bigint) as complaints_open_count
from person_areas as p
left join vulnerable as n on n.quarter_on = p.quarter_on and n.area_code = p.area_code
left join budgets as b on b.quarter_on = p.quarter_on and b.area_code = p.area_code
left join timely as y on y.quarter_on = p.quarter_on and y.area_code = p.area_code
left join waits as w on w.quarter_on = p.quarter_on and w.area_code = p.area_code
left join distances as d on d.quarter_on = p.quarter_on and d.area_code = p.area_code
left join visits as v on v.quarter_on = p.quarter_on and v.area_code = p.area_code
left join complaints as g on g.quarter_on = p.quarter_on and g.area_code = p.area_code
left join complaints_known as k on k.quarter_on = p.quarter_on and k.area_code = p.area_code
left join household_areas as h on h.quarter_on = p.quarter_on and h.area_code = p.area_code
left join child_areas as c on c.quarter_on = p.quarter_on and c.area_code = p.area_code
left join payments_known as t on t.quarter_on = p.quarter_on and t.area_code = p.area_code
left join register_known as r on r.quarter_on = p.quarter_on and r.area_code = p.area_code
left join measurements_known as m on m.quarter_on = p.quarter_on and m.area_code = p.area_code
),

-- The areas one level below, from the least to the most rupiah per poor person.
siblings as (
    select
        quarter_on, {{ area_parent('area_code') }} as parent_area_code, amount_per_poor_person_idr as amount,
        row_number() over (
            partition by quarter_on, {{ area_parent('area_code') }} order by amount_per_poor_person_idr, area_code
        ) as place_no,
        count(*) over (partition by quarter_on, {{ area_parent('area_code') }}) as areas_count
    from cards
    where amount_per_poor_person_idr is not null
),

inequalities as (
    select
        quarter_on, parent_area_code,
        max(areas_count) as areas_compared_count,
        case when max(areas_count) >= 2 then
            cast(sum((2 * place_no - areas_count - 1) * amount) as double) / nullif(max(areas_count) * sum(amount), 0)
        end as areas_gini,
        case when max(areas_count) >= 5 then
            avg(case when place_no > areas_count - ceil(areas_count / 5.0) then amount end)
            / nullif(avg(case when place_no <= ceil(areas_count / 5.0) then amount end), 0)
        end as best_worst_fifth_ratio
    from siblings
    where parent_area_code is not null
    group by quarter_on, parent_area_code
)

select
    c.*,
    coalesce(i.areas_compared_count, 0) as areas_compared_count,
    cast(i.areas_gini as double) as areas_gini,
    cast(i.best_worst_fifth_ratio as double) as best_worst_fifth_ratio
from cards as c
left join inequalities as i on i.quarter_on = c.quarter_on and i.parent_area_code = c.area_code
