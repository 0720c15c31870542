{{ config(unique_key=['area_code', 'period', 'program']) }}

-- Whom each program reached, by area and quarter, at every level of area. A household counts once
-- however many benefits it got; the amount is the quarter's months of each benefit's period.
-- Payments to a payee whom no list of the quarter places stand in the area of the payment.
with people as (
    select * from {{ ref('person_quarters') }}
),

household_homes as (
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

helped as (
    select
        m.quarter_on, m.program_code as program,
        coalesce(p.household_id, m.household_id, m.beneficiary_id) as household_id,
        coalesce(h.area_code, m.current_area_code, m.area_code, s.area_code) as area_code,
        m.benefit_id, m.beneficiary_id, m.for_beneficiary_id, m.status_code, m.amount_month_idr, false as is_undated
    from {{ ref('int_benefit_months') }} as m
    inner join {{ ref('submissions') }} as s on s.submission_id = m.submission_id
    left join people as p on p.quarter_on = m.quarter_on and p.beneficiary_id = m.beneficiary_id
    left join household_homes as h on h.quarter_on = p.quarter_on and h.household_id = p.household_id
    union all
    -- Help that tells neither period nor day belongs to no month: it is only counted, in the quarter
    -- in which its list ends.
    select
        cast(date_trunc('quarter', s.period_to) as date), b.program_code, null,
        coalesce(b.current_area_code, b.area_code, s.area_code),
        b.benefit_id, null, null, null, null, true
    from {{ ref('benefits') }} as b
    inner join {{ ref('submissions') }} as s on s.submission_id = b.submission_id
    where not b.is_repeat and b.valid_from is null
),

levels as ({{ area_levels() }}
)

select
    substr(h.area_code, 1, l.code_length) as area_code,
    {{ quarter_name('h.quarter_on') }} as period,
    h.quarter_on,
    h.program,
    count(distinct case when h.status_code = 'paid' then h.household_id end) as households_reached_count,
    count(distinct case when h.status_code = 'paid' then coalesce(h.for_beneficiary_id, h.beneficiary_id) end) as people_reached_count,
    count(distinct case when h.status_code = 'paid' then h.benefit_id end) as benefits_paid_count,
    count(distinct case when h.status_code in ('ordered', 'failed') then h.benefit_id end) as benefits_not_paid_count,
    count(distinct case when h.status_code = 'unknown' then h.benefit_id end) as benefits_status_unknown_count,
    count(distinct case when h.is_undated then h.benefit_id end) as benefits_undated_count,
    cast(sum(case when h.status_code = 'paid' then h.amount_month_idr end) as decimal(18, 2)) as amount_idr,
    count(distinct case when h.status_code = 'paid' and h.amount_month_idr is null then h.benefit_id end) as amount_unknown_count,
    count(distinct case when h.status_code = 'paid' then h.household_id end)
        between 1 and {{ var('small_number', 10) }} - 1 as is_small_number
from helped as h
inner join levels as l on length(h.area_code) >= l.code_length
group by substr(h.area_code, 1, l.code_length), h.quarter_on, h.program
