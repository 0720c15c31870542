{{ config(unique_key=record_key('service_events')) }}

-- What was done on the day. No event where nothing was measured or asked: a blank is no check.
with submitted as (
    {{ submitted('posbindu') }}
),

read as (
    select
        *,
        {{ parse_date('tgl_kegiatan') }} as held_on
    from submitted
),

happened as (
    select submission_id, source_row, lokasi, held_on, 'health_check' as service_code
    from read
    where coalesce({{ parse_text('tensi') }}, {{ parse_text('gula_darah') }}, {{ parse_text('imt') }}) is not null
    union all
    select submission_id, source_row, lokasi, held_on, 'mental_health_screening'
    from read
    where {{ parse_text('skrining_jiwa') }} is not null
)

select
    'posbindu' as program,
    submission_id,
    source_row,
    concat(source_row, ':peserta') as source_record_id,
    service_code as event_no,
    service_code,
    {{ parse_text('lokasi') }} as provider_name,
    'posbindu' as provider_kind_code,
    held_on as happened_on,
    cast(null as double) as quantity,
    cast(null as varchar) as unit_code
from happened
