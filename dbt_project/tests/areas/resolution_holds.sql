{#
  Everything that was sent about an area has an answer, also "unknown"; and an answer is an area
  that stood in the edition it names.
#}
with areas as (
  select areas.area_code, editions.edition
  from {{ ref('int_area_editions') }} as areas
  inner join {{ ref('area_edition_documents') }} as editions
    on cast(editions.edition_no as integer) between areas.first_edition_no and areas.last_edition_no
)

select resolution.area_key, 'area of no edition' as what
from {{ ref('int_area_resolution') }} as resolution
left join areas on resolution.area_code = areas.area_code and resolution.edition = areas.edition
where resolution.area_code is not null and areas.area_code is null

union all

select distinct resolution.area_key, 'unknown without a reason' as what
from {{ ref('int_area_resolution') }} as resolution
where (resolution.area_code is null) <> (resolution.method = 'unknown')
  or (resolution.area_code is null and resolution.unresolved_code is null)

union all

select distinct {{ area_key('submissions.area_code', 'persons.sent_area_code', 'persons.sent_district', 'persons.sent_village') }}, 'not answered'
from {{ ref('int_persons') }} as persons
inner join {{ source('quality', 'submissions') }} as submissions
  on persons.submission_id = submissions.submission_id
left join {{ ref('int_area_resolution') }} as resolution
  on resolution.area_key
    = {{ area_key('submissions.area_code', 'persons.sent_area_code', 'persons.sent_district', 'persons.sent_village') }}
where resolution.area_key is null
