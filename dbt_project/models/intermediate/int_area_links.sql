{{ config(alias='area_links', unique_key='link_id') }}
{#
  What became of every area from one edition to the next, worked out from the villages upwards:
  a district, regency or province went to where its villages went, in proportion to their number.
  Areas that go on whole under the same code and name are not here.
#}
{%- set levels = ['kecamatan', 'kabkota', 'provinsi'] %}
with village_links as (
  select * from {{ ref('int_area_village_links') }}
),

editions as (
  select cast(edition_no as integer) as edition_no
  from {{ ref('area_edition_documents') }}
),

standing as (
  select
    areas.area_code,
    areas.area_name,
    areas.level_code,
    editions.edition_no
  from {{ ref('int_area_editions') }} as areas
  inner join editions
    on editions.edition_no between areas.first_edition_no and areas.last_edition_no
),

village_steps as (
  select
    standing.edition_no as from_edition_no,
    standing.area_code as from_code,
    case when village_links.link_id is null then standing.area_code else village_links.to_area_code end as to_code,
    coalesce(village_links.certainty_code, 'certain') as certainty_code
  from standing
  left join village_links
    on village_links.from_edition_no = standing.edition_no
      and village_links.from_area_code = standing.area_code
  where standing.level_code = 'desa_kelurahan'
    and standing.edition_no < (select max(edition_no) from editions)
),

steps_by_level as (
  {%- for level in levels %}
  select
    '{{ level }}' as level_code,
    from_edition_no,
    {{ area_ancestor('from_code', level) }} as from_area_code,
    {{ area_ancestor('to_code', level) }} as to_area_code,
    count(*) as villages_count,
    case when max(certainty_code) = 'certain' then 'certain' else 'probable' end as certainty_code
  from village_steps
  where to_code is not null
  group by 1, 2, 3, 4
  {{ 'union all' if not loop.last }}
  {%- endfor %}
),

{# An area none of whose villages can be followed still goes on if its code and name do. #}
kept_without_villages as (
  select
    old.level_code,
    old.edition_no as from_edition_no,
    old.area_code as from_area_code,
    old.area_code as to_area_code
  from standing as old
  inner join standing as new
    on new.edition_no = old.edition_no + 1 and new.area_code = old.area_code
      and new.area_name = old.area_name
  left join steps_by_level
    on steps_by_level.from_edition_no = old.edition_no
      and steps_by_level.from_area_code = old.area_code
  where old.level_code in ('kecamatan', 'kabkota', 'provinsi')
    and steps_by_level.from_area_code is null
),

linked as (
  select
    steps_by_level.*,
    'villages' as evidence_code
  from steps_by_level
  union all
  select
    level_code, from_edition_no, from_area_code, to_area_code,
    cast(null as bigint) as villages_count, 'certain' as certainty_code, 'same_code' as evidence_code
  from kept_without_villages
  union all
  select
    'desa_kelurahan' as level_code, from_edition_no, from_area_code, to_area_code,
    cast(1 as bigint) as villages_count, certainty_code, evidence_code
  from village_links
  where from_area_code is not null and to_area_code is not null
),

gone as (
  select old.level_code, old.edition_no as from_edition_no, old.area_code as from_area_code
  from standing as old
  left join standing as kept
    on kept.edition_no = old.edition_no + 1 and kept.area_code = old.area_code
  left join linked
    on linked.from_edition_no = old.edition_no and linked.from_area_code = old.area_code
  left join village_links
    on village_links.from_edition_no = old.edition_no and village_links.from_area_code = old.area_code
  where old.edition_no < (select max(edition_no) from editions)
    and linked.from_area_code is null
    and (kept.area_code is null or village_links.link_id is not null or old.level_code = 'kecamatan')
),

appeared as (
  select new.level_code, new.edition_no - 1 as from_edition_no, new.area_code as to_area_code
  from standing as new
  left join standing as kept
    on kept.edition_no = new.edition_no - 1 and kept.area_code = new.area_code
  left join linked
    on linked.from_edition_no = new.edition_no - 1 and linked.to_area_code = new.area_code
  left join village_links
    on village_links.from_edition_no = new.edition_no - 1 and village_links.to_area_code = new.area_code
  where new.edition_no > 1
    and linked.to_area_code is null
    and (kept.area_code is null or village_links.link_id is not null or new.level_code = 'kecamatan')
),

everything as (
  select level_code, from_edition_no, from_area_code, to_area_code, villages_count, certainty_code, evidence_code
  from linked
  union all
  select level_code, from_edition_no, from_area_code, null, null, 'unknown', 'none'
  from gone
  union all
  select level_code, from_edition_no, null, to_area_code, null, 'unknown', 'none'
  from appeared
),

{# Villages under every area, as the weights of its parts. #}
village_counts as (
  select edition_no, area_code, 1 as villages_count
  from standing
  where level_code = 'desa_kelurahan'
  {%- for level in levels %}
  union all
  select edition_no, {{ area_ancestor('area_code', level) }} as area_code, count(*) as villages_count
  from standing
  where level_code = 'desa_kelurahan'
  group by 1, 2
  {%- endfor %}
),

measured as (
  select
    everything.*,
    old.area_name as from_area_name,
    new.area_name as to_area_name,
    old_villages.villages_count as from_villages_count,
    new_villages.villages_count as to_villages_count,
    count(everything.to_area_code)
      over (partition by everything.from_edition_no, everything.from_area_code) as targets_count,
    count(everything.from_area_code)
      over (partition by everything.from_edition_no, everything.to_area_code) as sources_count
  from everything
  left join standing as old
    on old.edition_no = everything.from_edition_no and old.area_code = everything.from_area_code
  left join standing as new
    on new.edition_no = everything.from_edition_no + 1 and new.area_code = everything.to_area_code
  left join village_counts as old_villages
    on old_villages.edition_no = everything.from_edition_no
      and old_villages.area_code = everything.from_area_code
  left join village_counts as new_villages
    on new_villages.edition_no = everything.from_edition_no + 1
      and new_villages.area_code = everything.to_area_code
),

classified as (
  select
    measured.*,
    case
      when from_area_code is null then 'created'
      when to_area_code is null then 'abolished'
      when targets_count > 1 then 'split'
      when from_area_code <> to_area_code and sources_count > 1 then 'merged'
      when from_area_code <> to_area_code then 'moved'
      when from_area_name <> to_area_name then 'renamed'
      else 'continued'
    end as kind_code
  from measured
)

select
  from_edition_no || ':' || coalesce(from_area_code, '-') || ':' || coalesce(to_area_code, '-') as link_id,
  level_code,
  from_edition_no,
  from_area_code,
  from_area_name,
  to_area_code,
  to_area_name,
  kind_code,
  evidence_code,
  certainty_code,
  cast(villages_count as bigint) as villages_count,
  cast(from_villages_count as bigint) as from_villages_count,
  cast(to_villages_count as bigint) as to_villages_count,
  case when to_area_code is not null then cast(villages_count as double) / from_villages_count end as share,
  case when from_area_code is not null then cast(villages_count as double) / to_villages_count end as to_share
from classified
where kind_code <> 'continued'
