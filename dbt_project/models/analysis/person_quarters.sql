{{ config(unique_key=['beneficiary_id', 'quarter_on']) }}

-- In which household and area each person stands in each quarter: one row per person and quarter
-- in which a serving list names the person. A quarter exists where a list of at most a quarter's
-- length speaks of it, so that a yearly list does not make quarters that nobody has told of.
-- The quarter's register decides the household; without it, the most frequent, then the smallest.
-- A person of unknown area stands in the area of the sender, which is never deeper than known. Ages are
-- those of the quarter's last day, and unknown where the year of birth leaves the group open. That no
-- list tells of a disability does not mean that there is none.
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
),

disabilities as (
    select
        beneficiary_id,
        max(case when value_code not in ('none', 'unknown') then 1 else 0 end) as is_disabled
    from {{ ref('observations') }}
    where indicator_code in ('disability', 'special_need') and value_code is not null and beneficiary_id is not null
    group by beneficiary_id
),

aged as (
    select
        u.quarter_on, u.beneficiary_id, u.household_id, h.area_code, b.sex_code, d.is_disabled,
        floor({{ months_lived('b.birth_year', 'coalesce(b.birth_month, 12)', last_day_of_quarter('u.quarter_on')) }} / 12) as age_years_min,
        floor({{ months_lived('b.birth_year', 'coalesce(b.birth_month, 1)', last_day_of_quarter('u.quarter_on')) }} / 12) as age_years_max
    from units as u
    inner join homes as h on h.quarter_on = u.quarter_on and h.beneficiary_id = u.beneficiary_id
    inner join {{ ref('beneficiaries') }} as b on b.beneficiary_id = u.beneficiary_id
    left join disabilities as d on d.beneficiary_id = u.beneficiary_id
)

select
    a.quarter_on,
    {{ quarter_name('a.quarter_on') }} as period,
    a.beneficiary_id,
    coalesce(a.household_id, a.beneficiary_id) as household_id,
    case when a.household_id is null then 'person' else 'household' end as subject_kind,
    a.area_code,
    coalesce(a.sex_code, 'unknown') as sex_code,
    cast(case when a.age_years_min = a.age_years_max and a.age_years_min >= 0 then a.age_years_min end as integer) as age_years,
    case
        {%- for code, low, high in [('0_4', 0, 4), ('5_6', 5, 6), ('7_12', 7, 12), ('13_15', 13, 15), ('16_18', 16, 18), ('19_29', 19, 29), ('30_59', 30, 59), ('60_up', 60, 200)] %}
        when a.age_years_min >= {{ low }} and a.age_years_max <= {{ high }} then '{{ code }}'
        {%- endfor %}
        else 'unknown'
    end as age_code,
    case a.is_disabled when 1 then 'yes' when 0 then 'no' else 'unknown' end as disability_code,
    q.desil_min,
    q.desil_max,
    case
        when q.desil_max <= {{ var('poor_desil_max', 4) }} then 'yes'
        when q.desil_min > {{ var('poor_desil_max', 4) }} then 'no'
        else 'unknown'
    end as poor_code
from aged as a
left join {{ ref('household_quarters') }} as q
    on q.household_id = coalesce(a.household_id, a.beneficiary_id) and q.quarter_on = a.quarter_on
