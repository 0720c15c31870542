{{ config(unique_key=record_key('memberships')) }}

with submitted as (
    {{ submitted('dtks_ppks') }}
)

select
    'dtks_ppks' as program,
    submission_id,
    source_row,
    concat(source_row, ':penerima') as source_record_id,
    'family_card' as group_kind,
    {{ as_sent('nomor_kk') }} as group_number,
    {{ decode_family_relationship('hubungan_keluarga') }} as relationship_code,
    period_to as observed_on
from submitted
where {{ as_sent('nomor_kk') }} is not null
