{{ config(alias='area_current', unique_key='area_current_id') }}
{#
  Every area of every edition in the areas of the newest one, by following its villages through
  all editions between. Read from `area_code` it carries a fact forward; read from
  `current_area_code` it says of which old areas a present one is made.
#}
{%- set steps = range(1, 6) %}
{%- set levels = ['kecamatan', 'kabkota', 'provinsi'] %}
with links as (
  select from_edition_no, from_area_code, to_area_code
  from {{ ref('int_area_village_links') }}
  where from_area_code is not null
),

editions as (
  select edition, cast(edition_no as integer) as edition_no
  from {{ ref('area_edition_documents') }}
),

standing as (
  select areas.area_code, areas.level_code, editions.edition_no, editions.edition
  from {{ ref('int_area_editions') }} as areas
  inner join editions
    on editions.edition_no between areas.first_edition_no and areas.last_edition_no
),

villages as (
  select edition_no, area_code
  from standing
  where level_code = 'desa_kelurahan'
),

step_0 as (
  select edition_no, area_code, area_code as at_code
  from villages
  where area_code in (select from_area_code from links)
),

{%- for step in steps %}
step_{{ step }} as (
  select
    before.edition_no,
    before.area_code,
    case when links.from_area_code is null then before.at_code else links.to_area_code end as at_code
  from step_{{ step - 1 }} as before
  left join links
    on links.from_edition_no = {{ step }} and links.from_area_code = before.at_code
      and before.edition_no <= {{ step }}
),
{%- endfor %}

{# A village that no link starts from has always been itself. #}
arrived as (
  select edition_no, area_code, at_code
  from step_{{ steps | last }}
  where at_code is not null
  union all
  select edition_no, area_code, area_code as at_code
  from villages
  where area_code not in (select from_area_code from links)
),

followed as (
  select edition_no, 'desa_kelurahan' as level_code, area_code, at_code as current_area_code, 1 as villages_count
  from arrived
  {%- for level in levels %}
  union all
  select
    edition_no,
    '{{ level }}' as level_code,
    {{ area_ancestor('area_code', level) }} as area_code,
    {{ area_ancestor('at_code', level) }} as current_area_code,
    count(*) as villages_count
  from arrived
  group by 1, 2, 3, 4
  {%- endfor %}
),

village_counts as (
  select edition_no, area_code, 1 as villages_count
  from villages
  {%- for level in levels %}
  union all
  select edition_no, {{ area_ancestor('area_code', level) }} as area_code, count(*) as villages_count
  from villages
  group by 1, 2
  {%- endfor %}
)

select
  standing.edition || ':' || standing.area_code || ':' || coalesce(followed.current_area_code, '-') as area_current_id,
  standing.area_code,
  standing.edition,
  standing.level_code,
  case when standing.level_code = 'negara' then standing.area_code else followed.current_area_code end as current_area_code,
  case
    when standing.level_code = 'negara' then 1
    when followed.current_area_code is not null
      then cast(followed.villages_count as double) / old_counts.villages_count
  end as share,
  case
    when standing.level_code = 'negara' then 1
    when followed.current_area_code is not null
      then cast(followed.villages_count as double) / new_counts.villages_count
  end as current_share
from standing
left join followed
  on followed.edition_no = standing.edition_no and followed.area_code = standing.area_code
left join village_counts as old_counts
  on old_counts.edition_no = standing.edition_no and old_counts.area_code = standing.area_code
left join village_counts as new_counts
  on new_counts.edition_no = (select max(edition_no) from editions)
    and new_counts.area_code = followed.current_area_code
