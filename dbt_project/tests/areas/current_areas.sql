{# A fact of an old area can be asked in today's, and back; the newest edition maps to itself. #}
with expected (edition, area_code, current_area_code, share) as (
  values
  ('2019', '14.71.08', '14.71.08', 4 / 9.0), ('2019', '14.71.08', '14.71.13', 5 / 9.0),
  ('2019', '14.71.06', '14.71.12', 3 / 9.0), ('2017', '14.71.08.1007', '14.71.13.1003', 1),
  ('2015', '91.02', '95.01', 1), ('2015', '31.74', '31.74', 1), ('2015', '00', '00', 1)
)

select expected.area_code
from expected
left join {{ ref('int_area_current') }} as found using (edition, area_code, current_area_code)
where found.share is null or abs(found.share - expected.share) > 0.000001

union all

select area_code
from {{ ref('int_area_current') }}
where edition = (select max(edition) from {{ ref('area_edition_documents') }})
  and (current_area_code is distinct from area_code or share <> 1 or current_share <> 1)

union all

{# Every area of every edition is there, also one that cannot be followed. #}
select areas.area_code
from {{ ref('areas') }} as areas
inner join {{ ref('area_edition_documents') }} as editions
  on editions.edition between areas.valid_from_edition and areas.valid_to_edition
left join {{ ref('int_area_current') }} as found using (area_code, edition)
where found.area_code is null
