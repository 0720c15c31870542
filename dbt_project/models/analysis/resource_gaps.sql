{{ config(unique_key=['area_code', 'period', 'resource_code', 'need_code']) }}

{#
  Facilities, organisations, volunteers and funds against the needs of the area and quarter. What a
  list of a month or year states stands in the quarters it covers, each kind as its newest list in the
  quarter has it; a volunteer at an event of one day is counted as an appearance (…_appearances). Where
  no list of the kind tells of the area, there is no row: it is not none. The shortfall is told only
  where the seed resource_standards knows how many people one resource is for.
#}
with quarters as (
    select distinct quarter_on from {{ ref('person_quarters') }}
),

stated as (
    select
        q.quarter_on, r.program, coalesce(r.current_area_code, r.area_code, s.area_code) as area_code,
        case when r.valid_from = r.valid_to then concat(r.kind_code, '_appearances') else r.kind_code end as resource_code,
        r.quantity, r.resource_id,
        least(r.valid_to, {{ last_day_of_quarter('q.quarter_on') }}) as told_to,
        max(least(r.valid_to, {{ last_day_of_quarter('q.quarter_on') }})) over (
            partition by q.quarter_on, r.program, r.kind_code, r.valid_from = r.valid_to, coalesce(r.current_area_code, r.area_code, s.area_code)
        ) as newest_to
    from {{ ref('resources') }} as r
    inner join {{ ref('submissions') }} as s on s.submission_id = r.submission_id
    inner join quarters as q on r.valid_from <= {{ last_day_of_quarter('q.quarter_on') }} and r.valid_to >= q.quarter_on
    where not r.is_repeat and r.kind_code is not null
),

budgets as (
    -- The ceiling in force in the last month of the quarter that a line tells of.
    select
        q.quarter_on, b.program, coalesce(b.current_area_code, b.area_code, s.area_code) as area_code,
        'funds_idr' as resource_code, cast(b.ceiling_idr as double) as quantity, b.budget_line_id,
        b.month_on as told_to,
        max(b.month_on) over (partition by q.quarter_on, b.program, s.area_code) as newest_to
    from {{ ref('budget_lines') }} as b
    inner join {{ ref('submissions') }} as s on s.submission_id = b.submission_id
    inner join quarters as q on b.month_on between q.quarter_on and {{ last_day_of_quarter('q.quarter_on') }}
    where not b.is_repeat
),

levels as ({{ area_levels() }}
),

resources as (
    select
        substr(r.area_code, 1, l.code_length) as area_code, r.quarter_on, r.resource_code,
        sum(r.quantity) as quantity, count(*) as entries_count, count(case when r.quantity is null then 1 end) as quantity_unknown_count
    from (
        select area_code, quarter_on, resource_code, quantity from stated
        where told_to = newest_to or resource_code like '%_appearances'
        union all
        select area_code, quarter_on, resource_code, quantity from budgets where told_to = newest_to
    ) as r
    inner join levels as l on length(r.area_code) >= l.code_length
    group by substr(r.area_code, 1, l.code_length), r.quarter_on, r.resource_code
),

-- A register of people in need comes once a year: whom it has named stays in need until it is known better.
in_need as (
    select beneficiary_id, min(valid_from) as since_on
    from {{ ref('observations') }}
    where indicator_code like 'ppks_%' and value_code = 'yes' and beneficiary_id is not null
    group by beneficiary_id
),

needs as (
    select
        substr(p.area_code, 1, l.code_length) as area_code, p.quarter_on,
        count(*) as people,
        count(case when p.poor_code = 'yes' then 1 end) as poor_people,
        count(case when p.age_code = '0_4' then 1 end) as children_under_five,
        count(case when p.age_code = '7_12' then 1 end) as children_7_to_12,
        count(case when p.age_code = '60_up' then 1 end) as elderly_people,
        count(case when p.disability_code = 'yes' then 1 end) as people_with_disability,
        count(n.beneficiary_id) as people_in_need
    from {{ ref('person_quarters') }} as p
    inner join levels as l on length(p.area_code) >= l.code_length
    left join in_need as n on n.beneficiary_id = p.beneficiary_id and n.since_on <= {{ last_day_of_quarter('p.quarter_on') }}
    group by substr(p.area_code, 1, l.code_length), p.quarter_on
),

wanted as (
    {%- for need in ['people', 'poor_people', 'children_under_five', 'children_7_to_12', 'elderly_people', 'people_with_disability', 'people_in_need'] %}
    select area_code, quarter_on, '{{ need }}' as need_code, {{ need }} as need_count from needs
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- What each kind is set against.
pairs as (
    select resource_code, need_code from {{ ref('resource_standards') }}
    union
    select distinct r.resource_code,
        case when r.resource_code = 'funds_idr' then 'poor_people' else 'people_in_need' end
    from resources as r
    where r.resource_code not in (select resource_code from {{ ref('resource_standards') }})
)

select
    r.area_code,
    {{ quarter_name('r.quarter_on') }} as period,
    r.quarter_on,
    r.resource_code,
    w.need_code,
    r.quantity as resource_quantity,
    r.entries_count,
    r.quantity_unknown_count,
    w.need_count,
    r.quantity / nullif(w.need_count, 0) as resources_per_person,
    w.need_count / nullif(r.quantity, 0) as people_per_resource,
    s.people_per_resource as standard_people_per_resource,
    s.legal_basis,
    case when s.people_per_resource is not null and r.quantity_unknown_count = 0
        then greatest(ceil(w.need_count / s.people_per_resource) - r.quantity, 0) end as shortfall_quantity,
    w.need_count between 1 and {{ var('small_number', 10) }} - 1 as is_small_number
from resources as r
inner join pairs as p on p.resource_code = r.resource_code
inner join wanted as w on w.area_code = r.area_code and w.quarter_on = r.quarter_on and w.need_code = p.need_code
left join {{ ref('resource_standards') }} as s
    on s.resource_code = r.resource_code and s.need_code = p.need_code
    and r.quarter_on between s.valid_from and coalesce(s.valid_to, date '9999-12-31')
