{# Every figure of the population file reached its area: no code lost a zero on the way. #}
with figures as (
  select code, cast(pop_total as bigint) as population_count
  from {{ reference_file('area_population_2024.csv') }}
)

select figures.code
from figures
left join {{ ref('areas') }} as areas
  on figures.code = areas.area_code and areas.is_current
    and figures.population_count = areas.population_count
where areas.area_code is null

union all

{# 359 villages have no centre and keep none; everything else has one. #}
select 'villages without a centre: ' || count(*)
from {{ ref('areas') }}
where is_current and level_code = 'desa_kelurahan' and latitude is null
having count(*) <> 359

union all

select area_code
from {{ ref('areas') }}
where is_current and level_code in ('provinsi', 'kabkota', 'kecamatan') and latitude is null
