{{ config(unique_key=record_key('persons')) }}

with submitted as (
    {{ submitted('eppgbm') }}
),

read as (
    select
        *,
        {{ parse_birth('tgl_lahir') }} as birth,
        {{ parse_date('tanggal_pengukuran') }} as measured_on
    from submitted
)

select
    'eppgbm' as program,
    submission_id,
    source_row,
    concat(source_row, ':anak') as source_record_id,
    'anak' as role,
    coalesce(measured_on, period_to) as observed_on,
    {{ as_sent('nik') }} as nik,
    cast(null as varchar) as family_card_number,
    {{ parse_name('nama') }} as full_name,
    {{ decode_sex('jk') }} as sex_code,
    birth.day_on as birth_on,
    birth.precise_to as birth_precision,
    {{ as_sent('tgl_lahir') }} as birth_sent,
    birth.place as birth_place,
    {{ parent_in_pair('nama_ortu', 1) }} as father_name,
    {{ parent_in_pair('nama_ortu', 2) }} as mother_name,
    {{ one_parent('nama_ortu') }} as parent_name,
    cast(null as varchar) as program_number,
    cast(null as varchar) as phone,
    cast(null as varchar) as nisn,
    cast(null as varchar) as welfare_card_number,
    cast(null as varchar) as insurance_number,
    cast(null as varchar) as account_number,
    {{ parse_text('alamat') }} as address,
    {{ parse_block_number('rt') }} as rt,
    {{ parse_block_number('rw') }} as rw,
    cast(null as varchar) as sent_area_code,
    {{ parse_text('kec') }} as sent_district,
    {{ parse_text('desa_kel') }} as sent_village,
    cast(null as boolean) as is_alive
from read
