{{ config(alias='area_village_links', unique_key='link_id') }}
{#
  What became of each village whose code or name changed between one edition and the next.
  Only what the names and codes prove is linked, in this order; each step sees only what the ones
  before left over:
    1. name_in_regency    the name stands once in the regency in both editions
    2. name_in_district   the name stands once in a district that is itself the same one
    3. same_code          the code stays and neither name is found elsewhere
    4. parent_mapping     the number within the same district stays, and the names are alike
  Names that are not unique where they are looked for link nothing. Villages that keep both code
  and name are not here: they go on as they are.
#}
with editions as (
  select cast(edition_no as integer) as edition_no
  from {{ ref('area_edition_documents') }}
),

{# Every regency and district in every edition in which it stood. #}
standing as (
  select
    areas.area_code,
    areas.level_code,
    areas.regency_code,
    areas.name_key,
    editions.edition_no
  from {{ ref('int_area_editions') }} as areas
  inner join editions
    on editions.edition_no between areas.first_edition_no and areas.last_edition_no
  where areas.level_code in ('kabkota', 'kecamatan')
),

{# Regencies: the same code, or a name that stands once in the country in both editions. #}
regencies as (
  select
    standing.*,
    count(*) over (partition by edition_no, name_key) as same_name_count
  from standing
  where level_code = 'kabkota'
),

regency_map as (
  select
    old.edition_no as from_edition_no,
    old.area_code as from_regency_code,
    coalesce(named.area_code, coded.area_code) as to_regency_code
  from regencies as old
  left join regencies as coded
    on coded.edition_no = old.edition_no + 1 and coded.area_code = old.area_code
  left join regencies as named
    on named.edition_no = old.edition_no + 1 and named.name_key = old.name_key
      and named.same_name_count = 1 and old.same_name_count = 1
  where coalesce(named.area_code, coded.area_code) is not null
),

{# Districts: the name stands once in the regency in both editions, or the same code. #}
districts as (
  select
    standing.*,
    count(*) over (partition by edition_no, regency_code, name_key) as same_name_count
  from standing
  where level_code = 'kecamatan'
),

district_map as (
  select
    old.edition_no as from_edition_no,
    old.area_code as from_district_code,
    coalesce(named.area_code, coded.area_code) as to_district_code
  from districts as old
  inner join regency_map
    on regency_map.from_edition_no = old.edition_no and regency_map.from_regency_code = old.regency_code
  left join districts as coded
    on coded.edition_no = old.edition_no + 1 and coded.area_code = old.area_code
  left join districts as named
    on named.edition_no = old.edition_no + 1 and named.name_key = old.name_key
      and named.regency_code = regency_map.to_regency_code
      and named.same_name_count = 1 and old.same_name_count = 1
  where coalesce(named.area_code, coded.area_code) is not null
),

{#
  Only villages whose interval ends before the newest edition or begins after the first can have
  changed: each is looked at in the edition where its interval ends or begins.
#}
village_intervals as (
  select
    area_code, district_code, regency_code, area_name, name_key, first_edition_no, last_edition_no,
    substr(area_code, 10, 4) as number_in_district
  from {{ ref('int_area_editions') }}
  where level_code = 'desa_kelurahan'
),

ends as (
  select *, last_edition_no as edition_no
  from village_intervals
  where last_edition_no < (select max(edition_no) from editions)
  union
  select *, first_edition_no as edition_no
  from village_intervals
  where first_edition_no > 1
),

{# How many villages of that edition bear the name, in the regency and in the district. #}
villages as (
  select
    ends.area_code,
    ends.district_code,
    ends.regency_code,
    ends.area_name,
    ends.name_key,
    ends.number_in_district,
    ends.edition_no,
    ends.edition_no = ends.first_edition_no as is_beginning,
    ends.edition_no = ends.last_edition_no as is_ending,
    count(*) as same_in_regency_count,
    count(*) filter (where namesakes.district_code = ends.district_code) as same_in_district_count
  from ends
  inner join village_intervals as namesakes
    on namesakes.regency_code = ends.regency_code and namesakes.name_key = ends.name_key
      and ends.edition_no between namesakes.first_edition_no and namesakes.last_edition_no
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

old_villages as (
  select old.*
  from villages as old
  left join villages as kept
    on kept.edition_no = old.edition_no + 1 and kept.area_code = old.area_code
      and kept.name_key = old.name_key
  where kept.area_code is null
    and old.is_ending
    and old.edition_no < (select max(edition_no) from editions)
),

new_villages as (
  select
    new.*,
    new.edition_no - 1 as from_edition_no
  from villages as new
  left join villages as kept
    on kept.edition_no = new.edition_no - 1 and kept.area_code = new.area_code
      and kept.name_key = new.name_key
  where kept.area_code is null
    and new.is_beginning
    and new.edition_no > 1
),

{# A respelling keeps code and comparable name and is still a change of name. #}
respelt as (
  select
    old.edition_no as from_edition_no,
    old.area_code as from_area_code,
    new.area_code as to_area_code
  from villages as old
  inner join villages as new
    on new.edition_no = old.edition_no + 1 and new.area_code = old.area_code
      and new.name_key = old.name_key
  where new.area_name <> old.area_name
),

by_name_in_regency as (
  select
    old.edition_no as from_edition_no,
    old.area_code as from_area_code,
    new.area_code as to_area_code
  from old_villages as old
  inner join regency_map
    on regency_map.from_edition_no = old.edition_no and regency_map.from_regency_code = old.regency_code
  inner join new_villages as new
    on new.from_edition_no = old.edition_no and new.regency_code = regency_map.to_regency_code
      and new.name_key = old.name_key
  where old.same_in_regency_count = 1 and new.same_in_regency_count = 1
),

by_name_in_district as (
  select
    old.edition_no as from_edition_no,
    old.area_code as from_area_code,
    new.area_code as to_area_code
  from old_villages as old
  inner join district_map
    on district_map.from_edition_no = old.edition_no and district_map.from_district_code = old.district_code
  inner join new_villages as new
    on new.from_edition_no = old.edition_no and new.district_code = district_map.to_district_code
      and new.name_key = old.name_key
  where old.same_in_district_count = 1 and new.same_in_district_count = 1
    and (old.same_in_regency_count > 1 or new.same_in_regency_count > 1)
),

by_name as (
  select *, 'name_in_regency' as evidence_code from by_name_in_regency
  union all
  select *, 'name_in_district' as evidence_code from by_name_in_district
),

old_left as (
  select old.*
  from old_villages as old
  left join by_name
    on by_name.from_edition_no = old.edition_no and by_name.from_area_code = old.area_code
  where by_name.from_area_code is null
),

new_left as (
  select new.*
  from new_villages as new
  left join by_name
    on by_name.from_edition_no = new.from_edition_no and by_name.to_area_code = new.area_code
  where by_name.to_area_code is null
),

by_code as (
  select
    old.edition_no as from_edition_no,
    old.area_code as from_area_code,
    new.area_code as to_area_code,
    'same_code' as evidence_code
  from old_left as old
  inner join new_left as new
    on new.from_edition_no = old.edition_no and new.area_code = old.area_code
),

by_parent as (
  select
    old.edition_no as from_edition_no,
    old.area_code as from_area_code,
    new.area_code as to_area_code,
    'parent_mapping' as evidence_code
  from old_left as old
  inner join district_map
    on district_map.from_edition_no = old.edition_no and district_map.from_district_code = old.district_code
      and district_map.to_district_code <> old.district_code
  inner join new_left as new
    on new.from_edition_no = old.edition_no and new.district_code = district_map.to_district_code
      and new.number_in_district = old.number_in_district
  where {{ name_similarity('old.name_key', 'new.name_key') }} >= 0.85
    and not exists (
      select 1 from by_code
      where by_code.from_edition_no = old.edition_no
        and (by_code.from_area_code = old.area_code or by_code.to_area_code = new.area_code))
),

linked as (
  select *, 'same_code' as evidence_code from respelt
  union all
  select * from by_name
  union all
  select * from by_code
  union all
  select * from by_parent
),

gone as (
  select
    old.edition_no as from_edition_no,
    old.area_code as from_area_code,
    cast(null as varchar) as to_area_code,
    'none' as evidence_code
  from old_villages as old
  left join linked
    on linked.from_edition_no = old.edition_no and linked.from_area_code = old.area_code
  where linked.from_area_code is null
),

appeared as (
  select
    new.from_edition_no,
    cast(null as varchar) as from_area_code,
    new.area_code as to_area_code,
    'none' as evidence_code
  from new_villages as new
  left join linked
    on linked.from_edition_no = new.from_edition_no and linked.to_area_code = new.area_code
  where linked.to_area_code is null
),

everything as (
  select * from linked
  union all
  select * from gone
  union all
  select * from appeared
)

select
  everything.from_edition_no || ':' || coalesce(everything.from_area_code, '-') || ':'
    || coalesce(everything.to_area_code, '-') as link_id,
  everything.from_edition_no,
  everything.from_area_code,
  everything.to_area_code,
  everything.evidence_code,
  case
    when everything.evidence_code in ('name_in_regency', 'name_in_district') then 'certain'
    {# A code that stays while the name turns into quite another one may have been given anew. #}
    when everything.evidence_code = 'same_code'
      and {{ name_similarity('old.name_key', 'new.name_key') }} >= 0.85 then 'certain'
    when everything.evidence_code in ('same_code', 'parent_mapping') then 'probable'
    else 'unknown'
  end as certainty_code,
  old.area_name as from_area_name,
  new.area_name as to_area_name
from everything
left join villages as old
  on old.edition_no = everything.from_edition_no and old.area_code = everything.from_area_code
left join villages as new
  on new.edition_no = everything.from_edition_no + 1 and new.area_code = everything.to_area_code
