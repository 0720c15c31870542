{{ config(unique_key='household_id') }}

-- A household's area is where its members' records most recently place it, among the areas told
-- to the deepest level; then the most frequent, then the smallest code. Records of a dwelling are
-- those of its occupants in the time they lived there.
with records as (
    select household_id, stated_on, program, area_code, area_level, current_area_code
    from {{ ref('person_records') }}
    where household_id is not null
    union all
    select m.household_id, r.stated_on, r.program, r.area_code, r.area_level, r.current_area_code
    from {{ ref('household_members') }} as m
    inner join {{ ref('person_records') }} as r
        on r.beneficiary_id = m.beneficiary_id
        and r.valid_from between m.valid_from and coalesce(m.valid_to, date '9999-12-31')
    where m.group_kind = 'dwelling'
),

groups as (
    select household_id, 'family_card' as group_kind from {{ source('identity', 'households') }}
    union all
    select distinct household_id, group_kind from {{ ref('household_members') }} where group_kind = 'dwelling'
),

seen as (
    select
        household_id,
        min(stated_on) as first_seen_on,
        max(stated_on) as last_seen_on,
        count(*) as records_count,
        count(distinct program) as programs_count
    from records
    group by household_id
),

members as (
    select
        household_id,
        count(distinct case when valid_to is null then beneficiary_id end) as members_count,
        count(distinct beneficiary_id) as members_ever_count
    from {{ ref('household_members') }}
    group by household_id
),

homes as (
    select household_id, area_code, area_level, current_area_code
    from (
        select
            household_id, area_code, area_level, max(current_area_code) as current_area_code,
            row_number() over (
                partition by household_id
                order by length(area_code) desc, max(stated_on) desc nulls last, count(*) desc, area_code
            ) as choice
        from records
        where area_code is not null
        group by household_id, area_code, area_level
    ) as counted
    where choice = 1
)

select
    h.household_id,
    h.group_kind,
    homes.area_code,
    homes.area_level,
    homes.current_area_code,
    coalesce(members.members_count, 0) as members_count,
    coalesce(members.members_ever_count, 0) as members_ever_count,
    seen.first_seen_on,
    seen.last_seen_on,
    coalesce(seen.records_count, 0) as records_count,
    coalesce(seen.programs_count, 0) as programs_count
from groups as h
left join seen on seen.household_id = h.household_id
left join members on members.household_id = h.household_id
left join homes on homes.household_id = h.household_id
