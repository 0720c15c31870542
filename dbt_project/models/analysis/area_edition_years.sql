{{ config(unique_key='figure_id') }}

{#
  People, households and help paid, of each year, by the areas of each edition at each level. Every
  person, household and payment of a year stands in exactly one row of each edition and level, so
  the figures of a year add up to the same whatever the edition; what cannot be placed in an edition
  is a row without area, by what was told (told_area_code) and why it cannot (placement_code).

  A person's place in a year is the one of the deepest level that its records of that year tell, of
  these the last, then the most frequent; a household's that of its records; a payment's its own, in
  the year of each month that it covers. Dwellings are no households here.
#}
with records as (
    select
        beneficiary_id, household_id, area_code, current_area_code, stated_on,
        cast(date_trunc('year', valid_to) as date) as year_on
    from {{ ref('person_records') }}
    where valid_to is not null
),

{%- for name, id in [('people', 'beneficiary_id'), ('households', 'household_id')] %}
{{ name }} as (
    select year_on, area_code, current_area_code
    from (
        select
            {{ id }}, year_on, area_code, current_area_code,
            row_number() over (
                partition by {{ id }}, year_on
                order by length(area_code) desc nulls last, max(stated_on) desc nulls last, count(*) desc,
                    area_code, current_area_code
            ) as choice
        from records
        where {{ id }} is not null
        group by {{ id }}, year_on, area_code, current_area_code
    ) as counted
    where choice = 1
),
{%- endfor %}

facts as (
    select year_on, area_code, current_area_code, 1 as people, 0 as households, 0 as payments, cast(null as decimal(18, 2)) as amount_idr, 0 as unknown
    from people
    union all
    select year_on, area_code, current_area_code, 0, 1, 0, null, 0
    from households
    union all
    select
        cast(date_trunc('year', month_on) as date), area_code, current_area_code, 0, 0, 1, amount_month_idr,
        case when amount_month_idr is null then 1 else 0 end
    from {{ ref('int_benefit_months') }}
    where status_code = 'paid'
),

summed as (
    select
        year_on, area_code, current_area_code,
        sum(people) as people_count, sum(households) as households_count, sum(payments) as paid_months_count,
        sum(amount_idr) as amount_idr, sum(unknown) as amount_unknown_count
    from facts
    group by year_on, area_code, current_area_code
),

placed as (
    select
        p.edition, p.level_code, s.year_on, p.edition_area_code as area_code, p.edition_area_name as area_name,
        case when p.edition_area_code is null then p.area_code end as told_area_code,
        case when p.edition_area_code is null then p.method_code else 'placed' end as placement_code,
        sum(s.people_count) as people_count,
        sum(case when p.certainty_code = 'probable' then s.people_count else 0 end) as people_probable_count,
        sum(s.households_count) as households_count,
        sum(s.paid_months_count) as paid_months_count,
        sum(s.amount_idr) as amount_idr,
        sum(s.amount_unknown_count) as amount_unknown_count
    from summed as s
    inner join {{ ref('area_by_edition') }} as p
        on p.area_code is not distinct from s.area_code
        and p.current_area_code is not distinct from s.current_area_code
    group by
        p.edition, p.level_code, s.year_on, p.edition_area_code, p.edition_area_name,
        case when p.edition_area_code is null then p.area_code end,
        case when p.edition_area_code is null then p.method_code else 'placed' end
)

select
    {{ fact_id(['edition', 'level_code', 'year_on', 'area_code', 'told_area_code', 'placement_code']) }} as figure_id,
    edition,
    level_code,
    cast(year_on as date) as year_on,
    area_code,
    area_name,
    told_area_code,
    placement_code,
    cast(people_count as bigint) as people_count,
    cast(people_probable_count as bigint) as people_probable_count,
    cast(households_count as bigint) as households_count,
    cast(paid_months_count as bigint) as paid_months_count,
    cast(amount_idr as decimal(18, 2)) as amount_idr,
    cast(amount_unknown_count as bigint) as amount_unknown_count,
    people_count < 10 as is_small_number
from placed
