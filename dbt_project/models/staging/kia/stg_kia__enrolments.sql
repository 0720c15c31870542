{{ config(unique_key=record_key('enrolments')) }}

-- On the month's list of pregnant women and those who have just given birth.
with submitted as (
    {{ submitted('kia') }}
),

read as (
    select
        *,
        {{ parse_date('tgl_persalinan') }} as delivered_on
    from submitted
)

select
    'kia' as program,
    submission_id,
    source_row,
    concat(source_row, ':ibu') as source_record_id,
    '1' as enrolment_no,
    'kia' as program_code,
    'active' as status_code,
    case when delivered_on is null or delivered_on > period_to then 'pregnant' else 'postpartum' end as component_code,
    cast(null as varchar) as unit_code,
    cast(null as varchar) as unit_name,
    period_from as valid_from,
    period_to as valid_to
from read
where source_part = 'ibu_hamil'
