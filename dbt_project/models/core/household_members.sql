{{ config(unique_key=['household_id', 'beneficiary_id', 'group_kind', 'valid_from']) }}

{#
  Two groups that are not each other: the family card (identity decides it, a card of 0 unites
  nobody) and the dwelling, people whom the lists place at one house: the same address with a number
  of its own, the same RT and RW, the same village. An address without a number is a street or a
  hamlet and no house; one at which more than {{ var('dwelling_people_max', 20) }} people are listed
  at once is not taken for a house either. Where lists differ, the one that gives most people an
  address is believed for whoever stands in it. An address said once between two equal ones is a slip
  of the pen. A dwelling's id is drawn from its first occupant's id and leads to no address.
#}
with homes as (
    select
        r.beneficiary_id, r.program, r.valid_from,
        concat(
            r.area_code, '|', coalesce(p.rt, ''), '|', coalesce(p.rw, ''), '|',
            upper({{ replace_every('p.address', '[^A-Za-z0-9]', '') }})
        ) as house
    from {{ ref('person_records') }} as r
    inner join {{ ref('int_persons') }} as p
        on p.submission_id = r.submission_id and p.source_record_id = r.source_record_id
    where r.beneficiary_id is not null and r.valid_from is not null and r.area_level = 'desa_kelurahan'
        and {{ matches('p.address', '.*[0-9].*') }} and p.is_alive is not false
),

lists as (
    select program, row_number() over (order by count(distinct beneficiary_id) desc, program) as list_rank
    from homes
    group by program
),

believed as (
    select beneficiary_id, valid_from, house
    from (
        select
            h.beneficiary_id, h.valid_from, h.house, l.list_rank,
            min(l.list_rank) over (partition by h.beneficiary_id) as best_rank,
            row_number() over (
                partition by h.beneficiary_id, h.program, h.valid_from order by count(*) desc, h.house
            ) as choice
        from homes as h
        inner join lists as l on l.program = h.program
        group by h.beneficiary_id, h.program, h.valid_from, h.house, l.list_rank
    ) as counted
    where choice = 1 and list_rank = best_rank
),

sane as (
    select *
    from (
        select
            *,
            lag(house) over (partition by beneficiary_id order by valid_from) as before_house,
            lead(house) over (partition by beneficiary_id order by valid_from) as after_house,
            count(*) over (partition by house, valid_from) as people_count
        from believed
    ) as looked
    where people_count <= {{ var('dwelling_people_max', 20) }}
        and not coalesce(before_house = after_house and house <> before_house, false)
),

stays as (
    select beneficiary_id, house, stay_no, min(valid_from) as valid_from
    from (
        select
            *,
            sum(is_change) over (partition by beneficiary_id order by valid_from rows unbounded preceding) as stay_no
        from (
            select
                *,
                case when house is distinct from lag(house) over (partition by beneficiary_id order by valid_from) then 1 else 0 end as is_change
            from sane
        ) as compared
    ) as numbered
    group by beneficiary_id, house, stay_no
),

ended as (
    select
        *,
        lead(valid_from) over (partition by beneficiary_id order by valid_from, stay_no) as next_from,
        row_number() over (partition by beneficiary_id order by valid_from, stay_no) as own_stay_no
    from stays
),

founders as (
    select house, beneficiary_id, own_stay_no
    from (
        select
            e.house, e.beneficiary_id, e.own_stay_no,
            row_number() over (
                partition by e.house order by e.valid_from, i.issue_no nulls last, e.beneficiary_id
            ) as choice
        from ended as e
        left join {{ source('identity', 'beneficiary_id_history') }} as i on i.beneficiary_id = e.beneficiary_id
    ) as ranked
    where choice = 1
)

select
    household_id, beneficiary_id, group_kind,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to
from {{ source('identity', 'household_memberships') }}
union all
select
    concat('d', substr({{ fact_id(['f.beneficiary_id', 'f.own_stay_no']) }}, 1, 20)) as household_id,
    e.beneficiary_id,
    'dwelling' as group_kind,
    e.valid_from,
    cast(e.next_from - interval 1 day as date) as valid_to
from ended as e
inner join founders as f on f.house = e.house
