{{ config(severity='warn') }}
{#
  What is measured is declared first. A warning, so that a new program's figures are not held back
  until somebody has written its definitions.
#}
select distinct observed.indicator_code
from (
  select indicator_code from {{ ref('int_observations') }}
  union
  select indicator_code from {{ ref('int_area_observations') }}
) as observed
left join {{ ref('indicators') }} as indicators on observed.indicator_code = indicators.indicator_code
where indicators.indicator_code is null
