{#
  Each edition holds exactly as many areas of each level as the Kemendagri register it is of.
  Counted in the file of 2025 from the decrees; a loss at any step shows here.
#}
with expected (edition, level_code, areas_count) as (
  values
  ('2015', 'provinsi', 34), ('2015', 'kabkota', 514), ('2015', 'kecamatan', 7160), ('2015', 'desa_kelurahan', 83184),
  ('2017', 'provinsi', 34), ('2017', 'kabkota', 514), ('2017', 'kecamatan', 7201), ('2017', 'desa_kelurahan', 83436),
  ('2019', 'provinsi', 34), ('2019', 'kabkota', 514), ('2019', 'kecamatan', 7230), ('2019', 'desa_kelurahan', 83449),
  ('2021', 'provinsi', 34), ('2021', 'kabkota', 514), ('2021', 'kecamatan', 7266), ('2021', 'desa_kelurahan', 83467),
  ('2022', 'provinsi', 37), ('2022', 'kabkota', 514), ('2022', 'kecamatan', 7277), ('2022', 'desa_kelurahan', 83763),
  ('2025', 'provinsi', 38), ('2025', 'kabkota', 514), ('2025', 'kecamatan', 7285), ('2025', 'desa_kelurahan', 83762)
),

found as (
  select editions.edition, areas.level_code, count(*) as areas_count
  from {{ ref('areas') }} as areas
  inner join {{ ref('area_edition_documents') }} as editions
    on editions.edition between areas.valid_from_edition and areas.valid_to_edition
  where areas.level_code <> 'negara'
  group by 1, 2
)

select edition, level_code, expected.areas_count as expected_count, found.areas_count as found_count
from expected
full join found using (edition, level_code)
where expected.areas_count is distinct from found.areas_count
