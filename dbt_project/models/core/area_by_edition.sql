{{ config(unique_key='place_id') }}
{#
  Every place that a fact of core may have (its area_code and current_area_code, as they stand in the
  fact), in the areas of every edition, at every level: join on both columns, choose edition and
  level, and figures of one set of facts add up whatever the edition, with what cannot be placed as
  rows of their own. method_code, by the first that holds:
    same             the edition has the very area (a code alone is not enough: 14.71.08 is Tampan up
                     to the edition of 2019, and Binawidya after it)
    followed         the only area of that edition that went into the present one
    containing_area  that area itself cannot be followed, but the one around it can
    several          what was told lies in several areas of that edition, and nobody told in which
    not_followed     what was told did not exist in that edition, and where it was is not known
    not_told         what was told is less exact than the level
    no_area          no area was told
#}
{%- set levels = ['desa_kelurahan', 'kecamatan', 'kabkota', 'provinsi'] %}
with places as (
  select distinct area_code, current_area_code from {{ ref('int_area_resolution') }} where area_code is not null
),

editions as (
  select edition, cast(edition_no as integer) as edition_no from {{ ref('area_edition_documents') }}
),

-- A place and the areas around it: only what is needed of the register.
wanted as (
  select area_code as code from places
  union
  select current_area_code from places where current_area_code is not null
  {%- for level in levels[1:] %}
  union
  select {{ area_ancestor('area_code', level) }} from places
  union
  select {{ area_ancestor('current_area_code', level) }} from places
  {%- endfor %}
),

-- Of each area of each edition its one present area, null where it went to several or to none.
forward as (
  select
    area_code, edition, count(current_area_code) as currents_count,
    case when count(current_area_code) = 1 then max(current_area_code) end as current_area_code
  from {{ ref('int_area_current') }}
  where area_code in (select code from wanted)
  group by area_code, edition
),

-- Of each present area the one area of an edition that it came from.
backward as (
  select
    current_area_code, edition, count(*) as sources_count,
    case when count(*) = 1 then max(area_code) end as area_code, sum(current_share) as known_share
  from {{ ref('int_area_current') }}
  where current_area_code in (select code from wanted)
    or current_area_code in (select current_area_code from forward)
  group by current_area_code, edition
),

-- A code without a present area speaks of the last edition in which it had none.
told_in as (
  select
    places.area_code, max(forward.edition) as edition,
    max(case when forward.currents_count > 1 then 1 else 0 end) as is_several
  from places
  inner join forward on forward.area_code = places.area_code and forward.current_area_code is null
  where places.current_area_code is null
  group by places.area_code
),

-- Present areas of the place and of those around it.
around as (
  {%- for level in levels %}
  select
    places.area_code, places.current_area_code, '{{ level }}' as level_code, told_in.is_several,
    coalesce({{ area_ancestor('places.current_area_code', level) }}, forward.current_area_code) as current_at_level,
    {{ area_ancestor('places.area_code', level) }} as told_at_level
  from places
  left join told_in on told_in.area_code = places.area_code and places.current_area_code is null
  left join forward
    on forward.area_code = {{ area_ancestor('places.area_code', level) }} and forward.edition = told_in.edition
  where {{ area_ancestor('places.area_code', level) }} is not null
  {{ 'union all' if not loop.last }}
  {%- endfor %}
),

-- The place itself, in each edition.
itself as (
  select
    places.area_code, places.current_area_code, editions.edition,
    case
      when forward.area_code is not null and forward.current_area_code is not distinct from places.current_area_code
        then forward.area_code
      else backward.area_code
    end as edition_code,
    case
      when forward.area_code is not null and forward.current_area_code is not distinct from places.current_area_code then 'same'
      when backward.area_code is not null then 'followed'
    end as method_code,
    backward.known_share
  from places
  cross join editions
  left join forward on forward.area_code = places.area_code and forward.edition = editions.edition
  left join backward
    on backward.current_area_code = places.current_area_code and backward.edition = editions.edition
),

placed as (
  {%- for level in levels %}
  select
    itself.area_code, itself.current_area_code, itself.edition, '{{ level }}' as level_code,
    case
      when around.level_code is null then null
      when {{ area_ancestor('itself.edition_code', level) }} is not null then {{ area_ancestor('itself.edition_code', level) }}
      when around.told_at_level = itself.area_code then null
      when forward.current_area_code = around.current_at_level then forward.area_code
      else backward.area_code
    end as edition_area_code,
    case
      when around.level_code is null then 'not_told'
      when {{ area_ancestor('itself.edition_code', level) }} is not null then itself.method_code
      when around.told_at_level <> itself.area_code
        and (forward.current_area_code = around.current_at_level or backward.area_code is not null) then 'containing_area'
      when around.is_several = 1 or backward.sources_count > 1 then 'several'
      else 'not_followed'
    end as method_code,
    itself.known_share
  from itself
  left join around
    on around.area_code = itself.area_code and around.level_code = '{{ level }}'
    and around.current_area_code is not distinct from itself.current_area_code
  left join forward
    on forward.area_code = around.told_at_level and forward.edition = itself.edition
  left join backward
    on backward.current_area_code = around.current_at_level and backward.edition = itself.edition
  {{ 'union all' if not loop.last }}
  {%- endfor %}
),

everything as (
  select * from placed
  union all
  select null, null, editions.edition, levels.level_code, null, 'no_area', null
  from editions
  cross join (
    {%- for level in levels %}
    select '{{ level }}' as level_code {{ 'union all' if not loop.last }}
    {%- endfor %}
  ) as levels
)

select
  {{ fact_id(['e.area_code', 'e.current_area_code', 'e.edition', 'e.level_code']) }} as place_id,
  e.area_code,
  e.current_area_code,
  e.edition,
  e.level_code,
  e.edition_area_code,
  n.area_name as edition_area_name,
  e.method_code,
  case
    when e.edition_area_code is null then 'unknown'
    when e.method_code = 'containing_area' or (e.method_code = 'followed' and e.known_share < 1) then 'probable'
    else 'certain'
  end as certainty_code
from everything as e
inner join editions on editions.edition = e.edition
left join {{ ref('int_area_editions') }} as n
  on n.area_code = e.edition_area_code
  and editions.edition_no between n.first_edition_no and n.last_edition_no
