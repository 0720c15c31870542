{{ config(unique_key=['area_code', 'period', 'measure_code']) }}

{#
  Area totals that anybody may see. Three things protect the few: a count from 1 up to the small
  number is withheld; where that leaves one withheld area within its parent, the next smallest is
  withheld too, so that no difference gives it back; and every count shown is rounded to the
  nearest 5. Only counts: shares and amounts of small groups say too much. What nobody has told of an
  area and quarter has no row: it is not 0.
#}
{%- set measures = [
    ('people', 'people_count'), ('households', 'households_count'),
    ('poor_households', 'poor_households_count'), ('reached_households', 'reached_households_count'),
    ('eligible_unserved_households', 'eligible_unserved_households_count'),
    ('children_measured', 'children_measured_count'), ('stunted_children', 'stunted_children_count')
] %}
with counts as (
    {%- for code, column in measures %}
    select area_code, area_level, period, quarter_on, '{{ code }}' as measure_code, cast({{ column }} as bigint) as true_count
    from {{ ref('area_scorecard') }}
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

parents as (
    select
        *,
        {{ area_parent('area_code') }} as parent_area_code,
        true_count between 1 and {{ var('small_number', 10) }} - 1 as is_small
    from counts
),

ranked as (
    select
        *,
        count(case when is_small then 1 end) over (
            partition by parent_area_code, area_level, period, measure_code
        ) as small_siblings_count,
        -- The next to be withheld: the smallest count that is neither small nor none.
        row_number() over (
            partition by parent_area_code, area_level, period, measure_code,
                case when not is_small and true_count > 0 then 1 else 0 end
            order by true_count, area_code
        ) as order_no
    from parents
),

withheld as (
    select
        *,
        is_small
        or (
            parent_area_code is not null and small_siblings_count = 1
            and not is_small and true_count > 0 and order_no = 1
        ) as is_withheld
    from ranked
)

select
    area_code,
    period,
    measure_code,
    area_level,
    quarter_on,
    cast(case when not is_withheld then 5 * round(true_count / 5.0) end as bigint) as rounded_count,
    is_withheld
from withheld
