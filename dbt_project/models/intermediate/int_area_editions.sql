{{ config(alias='area_editions', unique_key=['area_code', 'valid_from_edition']) }}
{# Every name interval of every area, with the numbers of its editions and the name as compared. #}
with source as (
  select code, level, parent_code, trim(name) as name, valid_from_edition, valid_to_edition
  from {{ reference_file('area_editions.parquet') }}
  union all
  {# The nation has no Kemendagri code; official figures are given for it, so it has one of ours. #}
  select '00', 'negara', null, 'Indonesia', min(edition), max(edition)
  from {{ ref('area_edition_documents') }}
)

select
  source.code as area_code,
  source.valid_from_edition,
  source.valid_to_edition,
  cast(first_edition.edition_no as integer) as first_edition_no,
  cast(last_edition.edition_no as integer) as last_edition_no,
  source.level as level_code,
  source.parent_code as parent_area_code,
  {{ area_ancestor('source.code', 'kecamatan') }} as district_code,
  {{ area_ancestor('source.code', 'kabkota') }} as regency_code,
  case when source.level <> 'negara' then {{ area_ancestor('source.code', 'provinsi') }} end as province_code,
  source.name as area_name,
  {{ area_name_key('source.name') }} as name_key
from source
inner join {{ ref('area_edition_documents') }} as first_edition
  on source.valid_from_edition = first_edition.edition
inner join {{ ref('area_edition_documents') }} as last_edition
  on source.valid_to_edition = last_edition.edition
