{{ config(unique_key=record_key('grievances')) }}

-- A case of the kind `pengaduan` is a complaint as well. It is closed on the day of its status
-- where that says that it is; on the day of another status it was acted on.
with submitted as (
    {{ submitted('slrt') }}
),

read as (
    select
        *,
        coalesce(
            case {{ decode_referral_status('status') }}
                when 'completed' then 'resolved' when 'rejected' then 'closed'
                when 'referred' then 'in_progress' else {{ decode_referral_status('status') }}
            end, 'unknown') as grievance_status,
        {{ parse_date('tgl_status') }} as status_on
    from submitted
    where lower({{ parse_text('jenis') }}) = 'pengaduan'
)

select
    'slrt' as program,
    submission_id,
    source_row,
    concat(source_row, ':pemohon') as source_record_id,
    coalesce({{ parse_text('no_register') }}, concat('row ', source_row)) as grievance_no,
    'social_assistance' as category_code,
    {{ parse_text('instansi_tujuan') }} as agency_name,
    {{ decode_agency('instansi_tujuan') }} as agency_code,
    grievance_status as status_code,
    {{ parse_date('tgl') }} as received_on,
    case when grievance_status = 'in_progress' then status_on end as followed_up_on,
    case when grievance_status in ('resolved', 'closed') then status_on end as closed_on,
    {{ as_sent('kode_desa') }} as sent_area_code,
    cast(null as varchar) as sent_district,
    {{ parse_text('desa') }} as sent_village
from read
