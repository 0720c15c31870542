{{ config(unique_key='indicator_code') }}
select
  indicator_code,
  name_id,
  name_en,
  definition_id,
  definition_en,
  unit_code,
  direction_code,
  source,
  level_code,
  value_kind,
  valid_min,
  valid_max
from {{ ref('indicators_declared') }}
