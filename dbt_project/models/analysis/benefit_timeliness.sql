{{ config(unique_key=['area_code', 'period', 'program_code']) }}

-- Help by the quarter in which its period ends: whether and when it was received. In time is by the
-- last day of the period it is for; what was received without telling the day is not known to be
-- either. Help without a period of its own has no due day and is left out here.
with due as (
    select
        b.benefit_id, b.program_code, b.beneficiary_id, b.status_code, b.valid_from, b.valid_to, b.paid_on,
        cast(date_trunc('quarter', greatest(b.valid_from, b.valid_to)) as date) as quarter_on,
        coalesce(b.current_area_code, b.area_code, s.area_code) as area_code,
        case when b.status_code = 'paid' then {{ dbt.datediff('b.valid_from', 'b.paid_on', 'day') }} end as wait_days,
        case when b.status_code = 'paid' then {{ dbt.datediff('greatest(b.valid_from, b.valid_to)', 'b.paid_on', 'day') }} end as late_days
    from {{ ref('benefits') }} as b
    inner join {{ ref('submissions') }} as s on s.submission_id = b.submission_id
    where not b.is_repeat and b.is_period_known
),

levels as ({{ area_levels() }}
    union all
    select 0
)

select
    case when l.code_length = 0 then '00' else substr(d.area_code, 1, l.code_length) end as area_code,
    {{ quarter_name('d.quarter_on') }} as period,
    d.quarter_on,
    d.program_code,
    count(*) as benefits_count,
    count(distinct d.beneficiary_id) as people_count,
    count(case when d.status_code = 'paid' then 1 end) as received_count,
    count(case when d.late_days <= 0 then 1 end) as in_time_count,
    count(case when d.late_days > 0 then 1 end) as late_count,
    count(case when d.status_code = 'paid' and d.late_days is null then 1 end) as day_unknown_count,
    count(case when d.status_code = 'ordered' then 1 end) as not_received_count,
    count(case when d.status_code = 'failed' then 1 end) as failed_count,
    count(case when d.status_code = 'unknown' then 1 end) as status_unknown_count,
    -- What is ordered and still not there after its period is late as well. Where a program tells no
    -- day of any receipt, its failures alone say nothing about the rest.
    case when count(case when d.status_code = 'paid' then 1 end) = 0 or count(d.late_days) > 0 then
        cast(count(case when d.late_days <= 0 then 1 end) as double)
        / nullif(count(case when d.late_days is not null or d.status_code in ('ordered', 'failed') then 1 end), 0)
    end as in_time_share,
    cast({{ median_of('d.wait_days') }} as double) as wait_days_median,
    cast(max(d.wait_days) as double) as wait_days_max,
    cast({{ median_of('case when d.late_days > 0 then d.late_days end') }} as double) as late_days_median,
    count(distinct d.beneficiary_id) between 1 and {{ var('small_number', 10) }} - 1 as is_small_number
from due as d
inner join levels as l on length(d.area_code) >= l.code_length
group by case when l.code_length = 0 then '00' else substr(d.area_code, 1, l.code_length) end, d.quarter_on, d.program_code
