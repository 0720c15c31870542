{{ config(unique_key=record_key('service_events')) }}

-- The assessment, where its day is told, and each service of the case. The feed gives no day for a
-- service: happened_on is NULL.
with submitted as (
    {{ submitted('atensi') }}
),

listed as (
    select *, {{ listed_items('jenis_layanan') }} as items
    from submitted
),

services as (
    {{ codes_of_items('listed', 'items', atensi_services()) }}
),

events as (
    select submission_id, source_row, 'assessment' as service_code, {{ parse_date('tgl_asesmen') }} as happened_on
    from submitted
    where {{ parse_date('tgl_asesmen') }} is not null
    union all
    select submission_id, source_row, code, null
    from services
)

select
    'atensi' as program,
    e.submission_id,
    e.source_row,
    concat(e.source_row, ':klien') as source_record_id,
    e.service_code as event_no,
    e.service_code,
    {{ parse_text('s.lembaga') }} as provider_name,
    case when {{ parse_text('s.lembaga') }} is not null then 'rehabilitation_centre' end as provider_kind_code,
    e.happened_on,
    cast(null as double) as quantity,
    cast(null as varchar) as unit_code
from events as e
inner join submitted as s
    on s.submission_id = e.submission_id and s.source_row = e.source_row
