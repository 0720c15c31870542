{{ config(unique_key='succession_id') }}
with links as (
  select * from {{ ref('int_area_links') }}
),

editions as (
  select edition, cast(edition_no as integer) as edition_no
  from {{ ref('area_edition_documents') }}
)

select
  links.link_id as succession_id,
  links.level_code,
  links.from_area_code,
  links.from_area_name,
  old.edition as from_edition,
  links.to_area_code,
  links.to_area_name,
  new.edition as to_edition,
  links.kind_code,
  {{ area_name_key('links.from_area_name') }} <> {{ area_name_key('links.to_area_name') }} as is_renamed,
  links.evidence_code,
  links.certainty_code,
  links.share,
  links.to_share,
  links.villages_count,
  links.from_villages_count,
  links.to_villages_count
from links
inner join editions as old on links.from_edition_no = old.edition_no
inner join editions as new on links.from_edition_no + 1 = new.edition_no
