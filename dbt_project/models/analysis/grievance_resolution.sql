{{ config(unique_key=['area_code', 'period', 'program', 'category_code', 'agency_code']) }}

-- Complaints by the quarter in which they came: what became of them and how long it took. How long an
-- open one has waited is counted to the last day of which its program has told anything.
with told as (
    select program, max(period_to) as told_to from {{ ref('submissions') }} where is_serving group by program
),

complaints as (
    select
        g.program,
        coalesce(g.category_code, 'unknown') as category_code,
        coalesce(g.agency_code, 'unknown') as agency_code,
        g.status_code,
        cast(date_trunc('quarter', g.valid_from) as date) as quarter_on,
        coalesce(g.current_area_code, g.area_code, s.area_code) as area_code,
        case when g.status_code in ('resolved', 'closed') then 'resolved'
            when g.status_code in ('new', 'in_progress', 'postponed') then 'open'
            when g.status_code = 'rejected' then 'rejected'
            else 'unknown' end as outcome_code,
        case when g.followed_up_on >= g.received_on then {{ dbt.datediff('g.received_on', 'g.followed_up_on', 'day') }} end as follow_up_days,
        case when g.closed_on >= g.received_on then {{ dbt.datediff('g.received_on', 'g.closed_on', 'day') }} end as close_days,
        case when g.status_code in ('new', 'in_progress', 'postponed')
            then {{ dbt.datediff('g.received_on', 't.told_to', 'day') }} end as open_days
    from {{ ref('grievances') }} as g
    inner join {{ ref('submissions') }} as s on s.submission_id = g.submission_id
    left join told as t on t.program = g.program
    where not g.is_repeat and g.valid_from is not null
),

levels as ({{ area_levels() }}
    union all
    select 0
)

select
    case when l.code_length = 0 then '00' else substr(c.area_code, 1, l.code_length) end as area_code,
    {{ quarter_name('c.quarter_on') }} as period,
    c.quarter_on,
    c.program,
    c.category_code,
    c.agency_code,
    count(*) as complaints_count,
    count(c.follow_up_days) as followed_up_count,
    count(case when c.outcome_code = 'resolved' then 1 end) as resolved_count,
    count(case when c.outcome_code = 'open' then 1 end) as open_count,
    count(case when c.outcome_code = 'rejected' then 1 end) as rejected_count,
    count(case when c.outcome_code = 'unknown' then 1 end) as status_unknown_count,
    cast(count(case when c.outcome_code = 'resolved' then 1 end) as double)
        / nullif(count(case when c.outcome_code <> 'unknown' then 1 end), 0) as resolved_share,
    cast({{ median_of('c.follow_up_days') }} as double) as follow_up_days_median,
    cast({{ median_of("case when c.outcome_code = 'resolved' then c.close_days end") }} as double) as close_days_median,
    -- Sixty working days, the longest that SP4N-LAPOR gives an agency, are about 84 days.
    count(case when c.open_days > {{ var('complaint_days_max', 84) }} then 1 end) as open_too_long_count,
    count(*) between 1 and {{ var('small_number', 10) }} - 1 as is_small_number
from complaints as c
inner join levels as l on length(c.area_code) >= l.code_length
group by case when l.code_length = 0 then '00' else substr(c.area_code, 1, l.code_length) end, c.quarter_on, c.program, c.category_code, c.agency_code
