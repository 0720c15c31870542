{#
  Every area of an edition is in the next one under its code and name, or says what became of it;
  and every area of an edition was there before or says where it came from.
#}
with standing as (
  select
    areas.area_code, areas.area_name, editions.edition, editions.edition_no
  from {{ ref('areas') }} as areas
  inner join {{ ref('area_edition_documents') }} as editions
    on editions.edition between areas.valid_from_edition and areas.valid_to_edition
),

not_followed as (
  select old.area_code, old.edition, 'no successor' as what
  from standing as old
  left join standing as new
    on new.edition_no = old.edition_no + 1 and new.area_code = old.area_code
      and new.area_name = old.area_name
  left join {{ ref('area_succession') }} as succession
    on succession.from_edition = old.edition and succession.from_area_code = old.area_code
  where new.area_code is null and succession.succession_id is null
    and old.edition_no < (select max(edition_no) from standing)
),

not_explained as (
  select new.area_code, new.edition, 'no predecessor' as what
  from standing as new
  left join standing as old
    on old.edition_no = new.edition_no - 1 and old.area_code = new.area_code
      and old.area_name = new.area_name
  left join {{ ref('area_succession') }} as succession
    on succession.to_edition = new.edition and succession.to_area_code = new.area_code
  where old.area_code is null and succession.succession_id is null
    and new.edition_no > 1
)

select * from not_followed
union all
select * from not_explained
