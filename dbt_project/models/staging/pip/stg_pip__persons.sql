{{ config(unique_key=record_key('persons')) }}

-- The pupil is the only record of the row: the mother is named without any number, so her name is
-- evidence of the pupil.
with submitted as (
    {{ submitted('pip') }}
)

select
    'pip' as program,
    submission_id,
    source_row,
    concat(source_row, ':siswa') as source_record_id,
    'siswa' as role,
    period_to as observed_on,
    {{ as_sent('nik') }} as nik,
    cast(null as varchar) as family_card_number,
    {{ parse_name('nama_siswa') }} as full_name,
    cast(null as varchar) as sex_code,
    cast(null as date) as birth_on,
    cast(null as varchar) as birth_precision,
    cast(null as varchar) as birth_sent,
    cast(null as varchar) as birth_place,
    cast(null as varchar) as father_name,
    {{ parse_name('nama_ibu') }} as mother_name,
    cast(null as varchar) as parent_name,
    cast(null as varchar) as program_number,
    cast(null as varchar) as phone,
    {{ as_sent('nisn') }} as nisn,
    cast(null as varchar) as welfare_card_number,
    cast(null as varchar) as insurance_number,
    cast(null as varchar) as account_number,
    cast(null as varchar) as address,
    cast(null as varchar) as rt,
    cast(null as varchar) as rw,
    cast(null as varchar) as sent_area_code,
    cast(null as varchar) as sent_district,
    cast(null as varchar) as sent_village,
    cast(null as boolean) as is_alive
from submitted
