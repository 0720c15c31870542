{{ config(unique_key=record_key('enrolments')) }}

-- In the program from the day of the payment where it is told and near enough to be one.
with submitted as (
    {{ submitted('pena') }}
),

read as (
    select *, {{ decode_flag('graduasi_ya_tidak') }} as graduated, {{ parse_date('tgl_salur') }} as paid_on
    from submitted
)

select
    'pena' as program,
    submission_id,
    source_row,
    concat(source_row, ':penerima') as source_record_id,
    '1' as enrolment_no,
    'pena' as program_code,
    case graduated when 'yes' then 'graduated' when 'no' then 'active' else 'unknown' end as status_code,
    {{ decode_business('jenis_usaha') }} as component_code,
    cast(null as varchar) as unit_code,
    cast(null as varchar) as unit_name,
    case when paid_on between {{ months_later('period_from', -12) }} and period_to then paid_on else period_from end as valid_from,
    period_to as valid_to
from read
