{{ config(unique_key='area_id') }}
with areas as (
  select * from {{ ref('int_area_editions') }}
),

editions as (
  select
    edition,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to
  from {{ ref('area_edition_documents') }}
),

newest as (
  select max(edition) as edition from editions
),

centroids as (
  select code as area_code, latitude, longitude
  from {{ reference_file('area_centroids_2025.parquet') }}
),

populations as (
  select
    code as area_code,
    cast(pop_male as bigint) as population_male_count,
    cast(pop_female as bigint) as population_female_count,
    cast(pop_total as bigint) as population_count,
    cast(area_km2 as double) as land_area_km2
  from {{ reference_file('area_population_2024.csv') }}
),

{# Centroids and figures are those of the newest edition: they belong to no older interval. #}
figures as (
  select
    areas.area_code,
    areas.valid_from_edition,
    centroids.latitude,
    centroids.longitude,
    populations.population_male_count,
    populations.population_female_count,
    populations.population_count,
    case when populations.area_code is not null then date '2024-12-31' end as population_on,
    populations.land_area_km2
  from areas
  inner join newest on areas.valid_to_edition = newest.edition
  left join centroids on areas.area_code = centroids.area_code
  left join populations on areas.area_code = populations.area_code
)

select
  case when areas.level_code = 'negara' then 'lumbung' else 'kemendagri' end
    || ':' || areas.area_code || ':' || areas.valid_from_edition as area_id,
  case when areas.level_code = 'negara' then 'lumbung' else 'kemendagri' end as scheme_code,
  areas.area_code,
  areas.level_code,
  areas.area_name,
  areas.parent_area_code,
  areas.district_code,
  areas.regency_code,
  areas.province_code,
  areas.valid_from_edition,
  areas.valid_to_edition,
  first_edition.valid_from,
  last_edition.valid_to,
  areas.valid_to_edition = newest.edition as is_current,
  figures.latitude,
  figures.longitude,
  figures.population_male_count,
  figures.population_female_count,
  figures.population_count,
  figures.population_on,
  figures.land_area_km2
from areas
cross join newest
inner join editions as first_edition on areas.valid_from_edition = first_edition.edition
inner join editions as last_edition on areas.valid_to_edition = last_edition.edition
left join figures
  on areas.area_code = figures.area_code and areas.valid_from_edition = figures.valid_from_edition
