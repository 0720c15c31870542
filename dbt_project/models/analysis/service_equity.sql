{{ config(unique_key=['area_code', 'period', 'program_code', 'dimension_code', 'group_code']) }}

{#
  Whom a program reaches among the people whom lists name in the quarter, by sex, age, disability and
  poverty; in each regency and in all. Reached means paid for, or served; by programs that neither pay
  nor record services, on their list. A group that is not known is a group of its own (unknown).

  Dimension `barrier`: what kept people from services, as far as lists tell (group_code): reasons of
  refusals, the way to school, services brought by a mobile unit because none is near. There people_count
  is those of whom it was told at all, and reached_count those who meet the barrier.
#}
{%- set dimensions = [('sex', 'sex_code'), ('age', 'age_code'), ('disability', 'disability_code'), ('poor', 'poor_code')] %}
with people as (
    select * from {{ ref('person_quarters') }}
),

acting as (
    select distinct program_code from {{ ref('beneficiary_program_months') }} where receipts_count > 0 or services_count > 0
),

reached as (
    select
        beneficiary_id, program_code, cast(date_trunc('quarter', month_on) as date) as quarter_on,
        sum(amount_idr) as amount_idr
    from {{ ref('beneficiary_program_months') }}
    where receipts_count > 0 or services_count > 0
        or (is_listed and program_code not in (select program_code from acting))
    group by beneficiary_id, program_code, cast(date_trunc('quarter', month_on) as date)
),

levels as (
    select 5 as code_length union all select 0
),

grouped as (
    {%- for code, column in dimensions %}
    select beneficiary_id, quarter_on, area_code, '{{ code }}' as dimension_code, {{ column }} as group_code from people
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

populations as (
    select
        case when l.code_length = 0 then '00' else substr(g.area_code, 1, l.code_length) end as area_code,
        g.quarter_on, g.dimension_code, g.group_code, count(*) as people_count
    from grouped as g
    inner join levels as l on length(g.area_code) >= l.code_length
    group by case when l.code_length = 0 then '00' else substr(g.area_code, 1, l.code_length) end, g.quarter_on, g.dimension_code, g.group_code
),

served as (
    select
        case when l.code_length = 0 then '00' else substr(g.area_code, 1, l.code_length) end as area_code,
        g.quarter_on, r.program_code, g.dimension_code, g.group_code, count(*) as reached_count, sum(r.amount_idr) as amount_idr
    from grouped as g
    inner join reached as r on r.beneficiary_id = g.beneficiary_id and r.quarter_on = g.quarter_on
    inner join levels as l on length(g.area_code) >= l.code_length
    group by case when l.code_length = 0 then '00' else substr(g.area_code, 1, l.code_length) end, g.quarter_on, r.program_code, g.dimension_code, g.group_code
),

offered as (
    -- A program's groups stand where it reached anybody in the area and quarter: nobody of a group is then none.
    select
        p.area_code, p.quarter_on, o.program_code, p.dimension_code, p.group_code, p.people_count,
        coalesce(s.reached_count, 0) as reached_count, s.amount_idr
    from populations as p
    inner join (select distinct area_code, quarter_on, program_code from served) as o
        on o.area_code = p.area_code and o.quarter_on = p.quarter_on
    left join served as s
        on s.area_code = p.area_code and s.quarter_on = p.quarter_on and s.program_code = o.program_code
        and s.dimension_code = p.dimension_code and s.group_code = p.group_code
),

barriers as (
    select
        case when l.code_length = 0 then '00' else substr(b.area_code, 1, l.code_length) end as area_code,
        b.quarter_on, b.program_code, b.group_code,
        count(distinct b.person_key) as people_count,
        count(distinct case when b.is_met then b.person_key end) as reached_count
    from (
        select
            coalesce(r.current_area_code, r.area_code, s.area_code) as area_code, cast(date_trunc('quarter', r.valid_from) as date) as quarter_on,
            coalesce(r.to_program_code, 'unknown') as program_code, coalesce(r.reason_code, 'reason_unknown') as group_code,
            coalesce(r.beneficiary_id, r.referral_id) as person_key, true as is_met
        from {{ ref('referrals') }} as r
        inner join {{ ref('submissions') }} as s on s.submission_id = r.submission_id
        where r.status_code = 'rejected' and not r.is_repeat and r.valid_from is not null
        union all
        select
            p.area_code, p.quarter_on, o.program, 'school_far', o.beneficiary_id, o.value_number > {{ var('school_far_km', 3) }}
        from {{ ref('observations') }} as o
        inner join people as p
            on p.beneficiary_id = o.beneficiary_id and p.quarter_on between date_trunc('quarter', o.valid_from) and o.valid_to
        where o.indicator_code = 'school_distance_km' and o.value_number is not null and not o.is_repeat
        union all
        select
            coalesce(e.current_area_code, e.area_code, s.area_code), cast(date_trunc('quarter', e.happened_on) as date),
            e.program, 'served_by_mobile_unit', coalesce(e.beneficiary_id, e.service_event_id), e.provider_kind_code = 'mobile_clinic'
        from {{ ref('service_events') }} as e
        inner join {{ ref('submissions') }} as s on s.submission_id = e.submission_id
        where e.provider_kind_code is not null and e.happened_on is not null and not e.is_repeat
            and e.program in (select program from {{ ref('service_events') }} where provider_kind_code = 'mobile_clinic')
    ) as b
    inner join levels as l on length(b.area_code) >= l.code_length
    group by case when l.code_length = 0 then '00' else substr(b.area_code, 1, l.code_length) end, b.quarter_on, b.program_code, b.group_code
),

every_group as (
    select area_code, quarter_on, program_code, dimension_code, group_code, people_count, reached_count, amount_idr,
        cast(sum(reached_count) over everybody as double) / nullif(sum(people_count) over everybody, 0) as overall_share
    from offered
    window everybody as (partition by area_code, quarter_on, program_code, dimension_code)
    union all
    select area_code, quarter_on, program_code, 'barrier', group_code, people_count, reached_count, null, null
    from barriers
)

select
    area_code,
    {{ quarter_name('quarter_on') }} as period,
    quarter_on,
    program_code,
    dimension_code,
    group_code,
    people_count,
    reached_count,
    cast(reached_count as double) / nullif(people_count, 0) as reached_share,
    case when dimension_code <> 'barrier'
        then cast(reached_count as double) / nullif(sum(reached_count) over (partition by area_code, quarter_on, program_code, dimension_code), 0)
    end as of_all_reached_share,
    cast(reached_count as double) / nullif(people_count, 0) / nullif(overall_share, 0) as parity_ratio,
    cast(amount_idr as decimal(18, 2)) as amount_idr,
    people_count between 1 and {{ var('small_number', 10) }} - 1
        or reached_count between 1 and {{ var('small_number', 10) }} - 1 as is_small_number
from every_group
