{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- In which household and area each person stands in each quarter: one row per person and quarter
-- in which a serving list names the person. A quarter exists where a list of at most a quarter's
-- length speaks of it, so that a yearly list does not make quarters that nobody has told of.
-- The quarter's register decides the household; without it, the most frequent, then the smallest.
-- A person of unknown area stands in the area of the sender, which is never deeper than known.
with quarters as (
    select distinct cast({{ unnest_list(span_starts('period_from', 'period_to', 'quarter')) }} as date) as quarter_on
    from {{ ref('submissions') }}
    where is_serving and {{ dbt.datediff('period_from', 'period_to', 'day') }} < 100
),

named as (
    select
        q.quarter_on, r.beneficiary_id, r.household_id, r.stated_on,
        coalesce(r.current_area_code, r.area_code, r.sender_area_code) as area_code,
        case when r.program in (select source_program from {{ ref('eligibility_rules') }} where indicator = 'desil')
            then 0 else 1 end as register_rank
    from {{ ref('person_records') }} as r
    inner join quarters as q
        on r.valid_from < q.quarter_on + interval 3 month and r.valid_to >= q.quarter_on
    where r.beneficiary_id is not null
),

units as (
    select quarter_on, beneficiary_id, household_id
    from (
        select
            quarter_on, beneficiary_id, household_id,
            row_number() over (
                partition by quarter_on, beneficiary_id
                order by min(register_rank), count(*) desc, household_id nulls last
            ) as choice
        from named
        group by quarter_on, beneficiary_id, household_id
    ) as counted
    where choice = 1
),

homes as (
    select quarter_on, beneficiary_id, area_code
    from (
        select
            quarter_on, beneficiary_id, area_code,
            row_number() over (
                partition by quarter_on, beneficiary_id
                order by length(area_code) desc nulls last, max(stated_on) desc nulls last, count(*) desc, area_code
            ) as choice
        from named
        group by quarter_on, beneficiary_id, area_code
    ) as counted
    where choice = 1
)

select
    u.quarter_on,
    u.beneficiary_id,
    coalesce(u.household_id, u.beneficiary_id) as household_id,
    h.area_code
from units as u
inner join homes as h on h.quarter_on = u.quarter_on and h.beneficiary_id = u.beneficiary_id
