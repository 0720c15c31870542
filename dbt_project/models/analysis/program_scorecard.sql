{{ config(unique_key=['program_code', 'period']) }}

{#
  Each program in each quarter, all areas together: whom it reached, at what cost, how much of what is
  due was received and when, for whom it was not meant, whom it missed, what became of it, what people
  say. Quarters are those of the months that help is for; what is ordered, due and received is of
  entitlements whose period ends in the quarter. The funding gap is what the eligible and unserved
  households would have got at the median of what served ones got: what is lacking, not what is planned.
#}
with reach as (
    select
        program_code, cast(date_trunc('quarter', month_on) as date) as quarter_on,
        count(distinct case when is_listed then beneficiary_id end) as people_listed_count,
        count(distinct case when receipts_count > 0 then beneficiary_id end) as people_paid_count,
        count(distinct case when services_count > 0 then beneficiary_id end) as people_served_count,
        cast(sum(receipts_count) as bigint) as benefit_months_count,
        cast(sum(services_count) as bigint) as services_count,
        sum(amount_idr) as amount_idr,
        cast(sum(amount_unknown_count) as bigint) as amount_unknown_count
    from {{ ref('beneficiary_program_months') }}
    group by program_code, cast(date_trunc('quarter', month_on) as date)
),

households as (
    select program_code, quarter_on, count(*) as households_paid_count, {{ median_of('amount_idr') }} as household_amount_median_idr
    from (
        select program_code, quarter_on, coalesce(household_id, beneficiary_id) as unit_id, sum(amount_month_idr) as amount_idr
        from {{ ref('int_benefit_months') }}
        where status_code = 'paid'
        group by program_code, quarter_on, coalesce(household_id, beneficiary_id)
    ) as paid
    group by program_code, quarter_on
),

dues as (
    select
        program_code, cast(date_trunc('quarter', valid_to) as date) as quarter_on,
        count(*) as entitlements_count,
        count(case when reconciliation_code like 'received%' then 1 end) as entitlements_received_count,
        count(case when reconciliation_code = 'status_unknown' then 1 end) as entitlements_unknown_count,
        sum(due_idr) as due_idr, sum(orders_idr) as orders_idr, sum(receipts_idr) as receipts_idr
    from {{ ref('entitlements') }}
    where valid_to is not null
    group by program_code, cast(date_trunc('quarter', valid_to) as date)
),

gaps as (
    select
        program, quarter_on,
        count(distinct case when gap_class = 'eligible_unserved' then subject_id end) as eligible_unserved_count,
        count(distinct case when gap_class = 'served_not_eligible' then subject_id end) as served_not_eligible_count,
        count(distinct case when gap_class in ('eligibility_unknown', 'served_unlisted') then subject_id end) as eligibility_unknown_count,
        count(distinct case when gap_class = 'service_unknown' then subject_id end) as service_unknown_count
    from {{ ref('coverage_gaps') }}
    group by program, quarter_on
),

doubles as (
    select
        program_code, cast(date_trunc('quarter', month_on) as date) as quarter_on,
        count(distinct subject_id) as forbidden_overlap_subjects_count, sum(amount_idr) as forbidden_overlap_idr
    from (
        select program_a as program_code, month_on, subject_id, case when program_a = program_b then amount_b_idr else amount_a_idr end as amount_idr
        from {{ ref('overlaps') }} where verdict = 'forbidden'
        union all
        select program_b, month_on, subject_id, amount_b_idr from {{ ref('overlaps') }} where verdict = 'forbidden' and program_a <> program_b
    ) as sides
    group by program_code, cast(date_trunc('quarter', month_on) as date)
),

budgets as (
    select
        program_code, quarter_on,
        sum(ceiling_idr) as budget_ceiling_idr, sum(realised_idr) as budget_realised_idr,
        cast(sum(case when ceiling_idr is not null then realised_idr end) as double)
            / nullif(cast(sum(case when realised_idr is not null then ceiling_idr end) as double), 0) as budget_realised_share
    from (
        select
            b.program_code, cast(date_trunc('quarter', b.month_on) as date) as quarter_on, b.month_on, b.ceiling_idr, b.realised_idr,
            max(b.month_on) over (partition by s.area_code, date_trunc('quarter', b.month_on)) as newest_on
        from {{ ref('budget_lines') }} as b
        inner join {{ ref('submissions') }} as s on s.submission_id = b.submission_id
        where not b.is_repeat and b.month_on is not null and b.program_code is not null
    ) as lines
    where month_on = newest_on
    group by program_code, quarter_on
),

opinions as (
    select program_code, quarter_on,
        sum(satisfaction_index * respondents_count) / sum(respondents_count) as satisfaction_index, cast(sum(respondents_count) as bigint) as respondents_count
    from {{ ref('service_satisfaction') }}
    where unit_code = 'all' and program_code not in ('all', 'unknown') and satisfaction_index is not null
    group by program_code, quarter_on
),

effects as (
    select
        program_code, cast(date_trunc('quarter', exposed_from) as date) as quarter_on,
        count(*) as outcomes_count,
        count(case when result_code in ('better', 'reached') then 1 end) as outcomes_good_count,
        count(case when result_code <> 'unknown' then 1 end) as outcomes_known_count
    from {{ ref('outcomes') }}
    group by program_code, cast(date_trunc('quarter', exposed_from) as date)
),

-- A budget or a judgment alone makes no quarter of a program.
quarters as (
    select program_code, quarter_on from reach
    union
    select program_code, quarter_on from dues
    union
    select program, quarter_on from gaps
)

select
    q.program_code,
    {{ quarter_name('q.quarter_on') }} as period,
    q.quarter_on,
    coalesce(r.people_listed_count, 0) as people_listed_count,
    coalesce(r.people_paid_count, 0) as people_paid_count,
    coalesce(r.people_served_count, 0) as people_served_count,
    coalesce(h.households_paid_count, 0) as households_paid_count,
    coalesce(r.benefit_months_count, 0) as benefit_months_count,
    coalesce(r.services_count, 0) as services_count,
    cast(r.amount_idr as decimal(18, 2)) as amount_idr,
    coalesce(r.amount_unknown_count, 0) as amount_unknown_count,
    cast(r.amount_idr as double) / nullif(r.people_paid_count, 0) as amount_per_person_idr,
    coalesce(d.entitlements_count, 0) as entitlements_count,
    coalesce(d.entitlements_received_count, 0) as entitlements_received_count,
    coalesce(d.entitlements_unknown_count, 0) as entitlements_unknown_count,
    cast(d.entitlements_received_count as double) / nullif(d.entitlements_count - d.entitlements_unknown_count, 0) as entitlements_received_share,
    cast(d.due_idr as decimal(18, 2)) as due_idr,
    cast(d.orders_idr as decimal(18, 2)) as orders_idr,
    cast(d.receipts_idr as decimal(18, 2)) as receipts_idr,
    t.in_time_share,
    t.wait_days_median,
    cast(case when e.program is not null then coalesce(g.eligible_unserved_count, 0) end as bigint) as eligible_unserved_count,
    cast(case when e.program is not null then coalesce(g.served_not_eligible_count, 0) end as bigint) as served_not_eligible_count,
    cast(case when e.program is not null then coalesce(g.eligibility_unknown_count, 0) end as bigint) as eligibility_unknown_count,
    cast(case when e.program is not null then coalesce(g.service_unknown_count, 0) end as bigint) as service_unknown_count,
    cast(case when e.program is not null then g.served_not_eligible_count end as double) / nullif(h.households_paid_count, 0) as inclusion_error_share,
    cast(case when e.program is not null then coalesce(g.eligible_unserved_count, 0) * h.household_amount_median_idr end as decimal(18, 2)) as funding_gap_idr,
    coalesce(o.forbidden_overlap_subjects_count, 0) as forbidden_overlap_subjects_count,
    cast(o.forbidden_overlap_idr as decimal(18, 2)) as forbidden_overlap_idr,
    cast(b.budget_ceiling_idr as decimal(20, 2)) as budget_ceiling_idr,
    cast(b.budget_realised_idr as decimal(20, 2)) as budget_realised_idr,
    b.budget_realised_share,
    cast(s.satisfaction_index as double) as satisfaction_index,
    coalesce(s.respondents_count, 0) as respondents_count,
    coalesce(f.outcomes_count, 0) as outcomes_count,
    coalesce(f.outcomes_known_count, 0) as outcomes_known_count,
    coalesce(f.outcomes_good_count, 0) as outcomes_good_count,
    cast(f.outcomes_good_count as double) / nullif(f.outcomes_known_count, 0) as outcomes_good_share,
    coalesce(r.people_paid_count, 0) between 1 and {{ var('small_number', 10) }} - 1
        or coalesce(r.people_listed_count, 0) between 1 and {{ var('small_number', 10) }} - 1
        or coalesce(r.people_served_count, 0) between 1 and {{ var('small_number', 10) }} - 1 as is_small_number
from quarters as q
left join reach as r on r.program_code = q.program_code and r.quarter_on = q.quarter_on
left join households as h on h.program_code = q.program_code and h.quarter_on = q.quarter_on
left join dues as d on d.program_code = q.program_code and d.quarter_on = q.quarter_on
left join gaps as g on g.program = q.program_code and g.quarter_on = q.quarter_on
left join (select distinct program from {{ ref('eligibility_rules') }}) as e on e.program = q.program_code
left join doubles as o on o.program_code = q.program_code and o.quarter_on = q.quarter_on
left join budgets as b on b.program_code = q.program_code and b.quarter_on = q.quarter_on
left join opinions as s on s.program_code = q.program_code and s.quarter_on = q.quarter_on
left join effects as f on f.program_code = q.program_code and f.quarter_on = q.quarter_on
left join {{ ref('benefit_timeliness') }} as t on t.program_code = q.program_code and t.quarter_on = q.quarter_on and t.area_code = '00'
