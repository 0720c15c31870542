{{ config(unique_key='indicator_code') }}

-- The targets here are those for all areas together (`00`): of several, the last to come due.
with targets as (
    select *, row_number() over (partition by indicator_code order by target_on desc) as choice
    from {{ ref('indicator_targets') }}
    where area_code = '00'
)

select
  d.indicator_code,
  d.name_id,
  d.name_en,
  d.definition_id,
  d.definition_en,
  d.unit_code,
  d.direction_code,
  d.source,
  d.level_code,
  d.value_kind,
  d.valid_min,
  d.valid_max,
  t.numerator_id,
  t.numerator_en,
  t.denominator_id,
  t.denominator_en,
  t.disaggregation_codes,
  t.plan_code,
  coalesce(t.is_computed, false) as is_computed,
  g.baseline_value,
  g.baseline_on,
  g.target_value,
  g.target_on,
  g.target_source
from {{ ref('indicators_declared') }} as d
left join {{ ref('indicator_terms') }} as t on t.indicator_code = d.indicator_code
left join targets as g on g.indicator_code = d.indicator_code and g.choice = 1
