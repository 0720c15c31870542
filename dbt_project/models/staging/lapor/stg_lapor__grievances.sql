{{ config(unique_key=record_key('grievances')) }}

-- One complaint per row. Its text (isi_laporan_awal) holds names, telephone numbers and illnesses:
-- it is read by nobody here and stays in the submission.
with submitted as (
    {{ submitted('lapor') }}
)

select
    'lapor' as program,
    submission_id,
    source_row,
    concat(source_row, ':laporan') as source_record_id,
    coalesce({{ parse_text('tracking_id') }}, concat('row ', source_row)) as grievance_no,
    {{ decode_complaint_category('kategori') }} as category_code,
    {{ parse_text('dinas_tujuan') }} as agency_name,
    {{ decode_agency('dinas_tujuan') }} as agency_code,
    coalesce({{ decode_grievance_status('status') }}, 'unknown') as status_code,
    {{ parse_date('tanggal_masuk') }} as received_on,
    {{ parse_date('tanggal_tindak_lanjut') }} as followed_up_on,
    {{ parse_date('tanggal_selesai') }} as closed_on,
    cast(null as varchar) as sent_area_code,
    {{ parse_text('kecamatan_final') }} as sent_district,
    cast(null as varchar) as sent_village
from submitted
