{{ config(unique_key=record_key('benefits')) }}

-- One scholarship per row, for the year of the file.
with submitted as (
    {{ submitted('pip') }}
)

select
    'pip' as program,
    submission_id,
    source_row,
    concat(source_row, ':siswa') as source_record_id,
    '1' as benefit_no,
    'pip' as program_code,
    'scholarship' as benefit_type_code,
    {{ decode_school_level('jenjang') }} as component_code,
    cast(null as varchar) as for_record_id,
    period_from,
    period_to,
    {{ parse_amount('nominal') }} as amount_idr,
    cast(null as double) as quantity,
    cast(null as varchar) as unit_code,
    {{ decode_payment_status('status_pencairan') }} as status_code,
    {{ parse_text('status_pencairan') }} as status_sent,
    {{ parse_date('tgl_cair') }} as paid_on
from submitted
