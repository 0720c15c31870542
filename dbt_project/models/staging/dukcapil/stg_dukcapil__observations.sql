{{ config(unique_key=record_key('observations')) }}

-- What the register says of a resident in its month; it gives no day: observed_on is NULL. A blank
-- is unknown: no disability stated is not 'none'.
with submitted as (
    {{ submitted('dukcapil') }}
),

stated as (
    select
        submission_id, source_row, 'resident_status' as indicator_code,
        cast(null as double) as value_number,
        {{ decode_resident_status('status') }} as value_code,
        status as value_sent
    from submitted
    union all
    select submission_id, source_row, 'marital_status', null, {{ decode_marital_status('status_kawin') }}, status_kawin
    from submitted
    union all
    select submission_id, source_row, 'education_level', null, {{ decode_education('pendidikan') }}, pendidikan
    from submitted
    union all
    select submission_id, source_row, 'occupation', null, {{ decode_occupation('pekerjaan') }}, pekerjaan
    from submitted
    union all
    select submission_id, source_row, 'disability', null, {{ decode_disability('cacat') }}, cacat
    from submitted
)

select
    'dukcapil' as program,
    submission_id,
    source_row,
    concat(source_row, ':penduduk') as source_record_id,
    indicator_code,
    cast(null as date) as observed_on,
    value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
