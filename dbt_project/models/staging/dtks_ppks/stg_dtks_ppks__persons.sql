{{ config(unique_key=record_key('persons')) }}

with submitted as (
    {{ submitted('dtks_ppks') }}
),

read as (
    select
        *,
        {{ parse_birth('tanggal_lahir') }} as birth
    from submitted
)

select
    'dtks_ppks' as program,
    submission_id,
    source_row,
    concat(source_row, ':penerima') as source_record_id,
    'penerima' as role,
    period_to as observed_on,
    {{ as_sent('nomor_nik') }} as nik,
    {{ as_sent('nomor_kk') }} as family_card_number,
    {{ parse_name('nama') }} as full_name,
    {{ decode_sex('jenis_kelamin') }} as sex_code,
    birth.day_on as birth_on,
    birth.precise_to as birth_precision,
    {{ as_sent('tanggal_lahir') }} as birth_sent,
    coalesce({{ parse_text('tempat_lahir') }}, birth.place) as birth_place,
    cast(null as varchar) as father_name,
    {{ parse_name('nama_ibu_kandung') }} as mother_name,
    cast(null as varchar) as parent_name,
    {{ as_sent('id_dtks') }} as program_number,
    cast(null as varchar) as phone,
    cast(null as varchar) as nisn,
    cast(null as varchar) as welfare_card_number,
    cast(null as varchar) as insurance_number,
    cast(null as varchar) as account_number,
    coalesce({{ parse_text('alamat') }}, {{ parse_text('dusun') }}) as address,
    {{ parse_block_number('rt') }} as rt,
    {{ parse_block_number('rw') }} as rw,
    cast(null as varchar) as sent_area_code,
    {{ parse_text('kecamatan') }} as sent_district,
    {{ parse_text('desakeluarahan') }} as sent_village,
    cast(null as boolean) as is_alive
from read
