{#
  Changes that are known from the decrees. Perda Pekanbaru 2/2020 abolished Tampan: its code goes
  on as Binawidya, part of its villages went to the new Tuahmadani. The name Rumbai moved from
  14.71.06 to 14.71.12. Papua became four provinces in 2022, Papua Barat two by 2025.
#}
with expected (from_edition, from_area_code, to_area_code, kind_code, is_renamed, villages_count) as (
  values
  ('2019', '14.71.08', '14.71.08', 'split', true, 4),
  ('2019', '14.71.08', '14.71.13', 'split', true, 5),
  ('2019', '14.71.08.1007', '14.71.13.1003', 'moved', false, 1),
  ('2019', '14.71.06', '14.71.06', 'renamed', true, 9),
  ('2019', '14.71.12', '14.71.12', 'split', true, 3),
  ('2019', '14.71.12', '14.71.15', 'split', true, 5),
  ('2021', '14.71.06', '14.71.12', 'split', true, 3),
  ('2021', '91', '91', 'split', false, 985),
  ('2021', '91', '93', 'split', true, 667),
  ('2021', '91', '94', 'split', true, 1187),
  ('2021', '91', '95', 'split', true, 2618),
  ('2021', '91.02', '95.01', 'moved', false, 332),
  ('2022', '92', '96', 'split', true, 999),
  ('2022', '31', '31', 'renamed', false, 267)
),

succession as (
  select * from {{ ref('area_succession') }}
)

select expected.*
from expected
left join succession using (from_edition, from_area_code, to_area_code)
where succession.kind_code is distinct from expected.kind_code
  or succession.is_renamed is distinct from expected.is_renamed
  or succession.villages_count is distinct from expected.villages_count

union all

{# Nothing but what is expected may be said of Tampan. #}
select from_edition, from_area_code, to_area_code, kind_code, is_renamed, villages_count
from succession
where from_area_code = '14.71.08' and from_edition = '2019' and to_area_code not in ('14.71.08', '14.71.13')
