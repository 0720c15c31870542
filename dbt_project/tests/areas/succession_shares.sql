{#
  The shares of an area that was split sum to the part of its villages that can be followed: never
  above 1, and exactly 1 where each of them can.
#}
with followed as (
  select
    from_edition, from_area_code,
    sum(share) as share, sum(villages_count) as villages_count, max(from_villages_count) as from_villages_count
  from {{ ref('area_succession') }}
  where to_area_code is not null and from_area_code is not null
  group by 1, 2
),

back as (
  select edition, area_code, sum(share) as share
  from {{ ref('int_area_current') }}
  group by 1, 2
),

forth as (
  select edition, current_area_code, sum(current_share) as share
  from {{ ref('int_area_current') }}
  where current_area_code is not null
  group by 1, 2
)

select from_edition || ' ' || from_area_code as area
from followed
where share > 1.000001
  or (villages_count = from_villages_count and abs(share - 1) > 0.000001)
  or (villages_count < from_villages_count and share > 0.999999)
union all
select edition || ' ' || area_code from back where share > 1.000001
union all
select edition || ' ' || current_area_code from forth where share > 1.000001
