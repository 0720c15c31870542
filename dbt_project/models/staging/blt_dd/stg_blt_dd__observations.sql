{{ config(unique_key=record_key('observations')) }}

-- The list speaks of its month and gives no day: observed_on is NULL.
with submitted as (
    {{ submitted('blt_dd') }}
),

stated as (
    select
        submission_id, source_row, 'occupation' as indicator_code,
        cast(null as double) as value_number,
        {{ decode_occupation('pekerjaan') }} as value_code,
        pekerjaan as value_sent
    from submitted
)

select
    'blt_dd' as program,
    submission_id,
    source_row,
    concat(source_row, ':penerima') as source_record_id,
    indicator_code,
    cast(null as date) as observed_on,
    value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
