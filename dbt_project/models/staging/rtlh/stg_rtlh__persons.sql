{{ config(unique_key=record_key('persons')) }}

-- The head of the family, on the row before the work and on the row after it.
with submitted as (
    {{ submitted('rtlh') }}
)

select
    'rtlh' as program,
    submission_id,
    source_row,
    concat(source_row, ':kepala') as source_record_id,
    'kepala' as role,
    period_to as observed_on,
    {{ as_sent('nik') }} as nik,
    {{ as_sent('no_kk') }} as family_card_number,
    {{ parse_name('nama_kepala_keluarga') }} as full_name,
    cast(null as varchar) as sex_code,
    cast(null as date) as birth_on,
    cast(null as varchar) as birth_precision,
    cast(null as varchar) as birth_sent,
    cast(null as varchar) as birth_place,
    cast(null as varchar) as father_name,
    cast(null as varchar) as mother_name,
    cast(null as varchar) as parent_name,
    cast(null as varchar) as program_number,
    cast(null as varchar) as phone,
    cast(null as varchar) as nisn,
    cast(null as varchar) as welfare_card_number,
    cast(null as varchar) as insurance_number,
    cast(null as varchar) as account_number,
    {{ parse_text('alamat') }} as address,
    cast(null as varchar) as rt,
    cast(null as varchar) as rw,
    cast(null as varchar) as sent_area_code,
    cast(null as varchar) as sent_district,
    {{ parse_text('desa_kel') }} as sent_village,
    cast(null as boolean) as is_alive
from submitted
