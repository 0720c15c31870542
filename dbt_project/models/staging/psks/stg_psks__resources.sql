{{ config(unique_key=record_key('resources')) }}

-- Every row is one volunteer or one institution, since the year it tells (its first day).
-- Only an institution has a name here: a volunteer's is the person record's.
with submitted as (
    {{ submitted('psks') }}
),

people as (
    select submission_id, source_row, source_record_id
    from {{ ref('stg_psks__persons') }}
),

read as (
    select *, {{ parse_birth('mulai_aktif', latest='period_to') }} as active_since
    from submitted
)

select
    'psks' as program,
    r.submission_id,
    r.source_row,
    coalesce(p.source_record_id, concat(r.source_row, ':lembaga')) as source_record_id,
    '1' as resource_no,
    {{ decode_resource_kind('r.jenis') }} as kind_code,
    case when p.source_record_id is null then coalesce({{ parse_text('r.nama_psm') }}, {{ parse_text('r.lembaga') }}) end
        as resource_name,
    cast(1 as double) as quantity,
    -- The year alone: a whole day may be a birth in the wrong column.
    cast(date_trunc('year', r.active_since.day_on) as date) as valid_from,
    -- Whether it is still active after the year of the list is not told.
    r.period_to as valid_to,
    cast(null as varchar) as sent_area_code,
    cast(null as varchar) as sent_district,
    {{ parse_text('r.desa') }} as sent_village
from read as r
left join people as p
    on p.submission_id = r.submission_id and p.source_row = r.source_row
