{{ config(unique_key='beneficiary_id') }}

-- Of conflicting statements about one person: the most frequent, then the most recent, then the
-- smallest (macro most_stated). Two exceptions: a birth date stated to the day beats one to the
-- month, and that one a year; and life and residence change, so there the most recent wins (of
-- residence, among the areas told to the deepest level).
with records as (
    select
        r.beneficiary_id, r.submission_id, r.program, r.stated_on, r.area_code, r.area_level, r.current_area_code,
        r.valid_from, r.valid_to,
        p.sex_code, p.birth_on, p.birth_precision, p.is_alive
    from {{ ref('person_records') }} as r
    inner join {{ ref('int_persons') }} as p
        on p.submission_id = r.submission_id and p.source_record_id = r.source_record_id
    where r.beneficiary_id is not null
),

people as (
    select
        beneficiary_id,
        min(stated_on) as first_seen_on,
        max(stated_on) as last_seen_on,
        count(*) as records_count,
        count(distinct program) as programs_count
    from records
    group by beneficiary_id
),

sexes as ({{ most_stated('records', 'beneficiary_id', 'sex_code', 'stated_on') }}),

births as (
    select
        beneficiary_id,
        extract(year from birth_on) as birth_year,
        case when birth_precision in ('day', 'month') then extract(month from birth_on) end as birth_month
    from (
        select
            beneficiary_id, birth_on, birth_precision,
            row_number() over (
                partition by beneficiary_id
                order by
                    case birth_precision when 'day' then 1 when 'month' then 2 when 'year' then 3 else 4 end,
                    count(*) desc, max(stated_on) desc nulls last, birth_on
            ) as choice
        from records
        where birth_on is not null and birth_precision is not null
        group by beneficiary_id, birth_on, birth_precision
    ) as counted
    where choice = 1
),

lives as (
    select beneficiary_id, is_alive
    from (
        select
            beneficiary_id, is_alive,
            row_number() over (
                partition by beneficiary_id
                order by max(stated_on) desc nulls last, count(*) desc, is_alive
            ) as choice
        from records
        where is_alive is not null
        group by beneficiary_id, is_alive
    ) as counted
    where choice = 1
),

-- By when somebody had died or moved away: the last day of the first list that says so after the
-- last one that says otherwise. It is not the day itself, which no list tells.
deaths as (
    select r.beneficiary_id, min(r.valid_to) as died_by_on
    from records as r
    left join (
        select beneficiary_id, max(valid_from) as alive_on from records where is_alive group by beneficiary_id
    ) as a on a.beneficiary_id = r.beneficiary_id
    where not r.is_alive and (a.alive_on is null or r.valid_from > a.alive_on)
    group by r.beneficiary_id
),

moves as (
    select o.beneficiary_id, min(o.valid_to) as moved_by_on
    from {{ ref('observations') }} as o
    left join (
        select beneficiary_id, max(valid_from) as here_on
        from {{ ref('observations') }}
        where indicator_code = 'resident_status' and value_code in ('resident', 'dead')
        group by beneficiary_id
    ) as h on h.beneficiary_id = o.beneficiary_id
    where o.indicator_code = 'resident_status' and o.value_code = 'moved' and (h.here_on is null or o.valid_from > h.here_on)
    group by o.beneficiary_id
),

homes as (
    select beneficiary_id, area_code, area_level, current_area_code
    from (
        select
            beneficiary_id, area_code, area_level, max(current_area_code) as current_area_code,
            row_number() over (
                partition by beneficiary_id
                order by length(area_code) desc, max(stated_on) desc nulls last,
                    count(*) desc, area_code
            ) as choice
        from records
        where area_code is not null
        group by beneficiary_id, area_code, area_level
    ) as counted
    where choice = 1
),

households_now as (
    select beneficiary_id, household_id
    from (
        select
            beneficiary_id, household_id,
            row_number() over (
                partition by beneficiary_id
                order by valid_from desc nulls last, household_id
            ) as choice
        from {{ ref('household_members') }}
        where valid_to is null and group_kind = 'family_card'
    ) as dated
    where choice = 1
)

select
    people.beneficiary_id,
    sexes.sex_code,
    cast(births.birth_year as integer) as birth_year,
    cast(births.birth_month as integer) as birth_month,
    lives.is_alive,
    case when lives.is_alive is not true then deaths.died_by_on end as died_by_on,
    moves.moved_by_on,
    households_now.household_id,
    homes.area_code,
    homes.area_level,
    homes.current_area_code,
    people.first_seen_on,
    people.last_seen_on,
    people.records_count,
    people.programs_count
from people
left join sexes on sexes.beneficiary_id = people.beneficiary_id
left join births on births.beneficiary_id = people.beneficiary_id
left join lives on lives.beneficiary_id = people.beneficiary_id
left join homes on homes.beneficiary_id = people.beneficiary_id
left join deaths on deaths.beneficiary_id = people.beneficiary_id
left join moves on moves.beneficiary_id = people.beneficiary_id
left join households_now on households_now.beneficiary_id = people.beneficiary_id
