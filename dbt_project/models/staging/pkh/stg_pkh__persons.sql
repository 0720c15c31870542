{{ config(unique_key=record_key('persons')) }}

-- A row names two people: the mother or other adult who is paid (pengurus), to whom all evidence
-- of the row belongs, and the member on whose account it is paid (anggota), who shares the family
-- card and the address. Both are records, also where they are one person.
with submitted as (
    {{ submitted('pkh') }}
),

read as (
    select
        *,
        {{ parse_birth('tanggal_lahir') }} as birth,
        {{ parse_name('nama_anggota') }} as member_name,
        {{ as_sent('nik_anggota') }} as member_nik
    from submitted
),

named as (
    select
        submission_id, source_row, 'pengurus' as role, period_to,
        {{ as_sent('nik') }} as nik, {{ parse_name('nama') }} as full_name,
        birth.day_on as birth_on, birth.precise_to as birth_precision,
        {{ as_sent('tanggal_lahir') }} as birth_sent, birth.place as birth_place,
        {{ as_sent('id_pengurus') }} as program_number,
        {{ as_sent('no_rekening') }} as account_number,
        nokk, alamat, kecamatan, kelurahan
    from read
    union all
    select
        submission_id, source_row, 'anggota', period_to,
        member_nik, member_name,
        null, null, null, null, null, null,
        nokk, alamat, kecamatan, kelurahan
    from read
    where member_name is not null or member_nik is not null
)

select
    'pkh' as program,
    submission_id,
    source_row,
    concat(source_row, ':', role) as source_record_id,
    role,
    period_to as observed_on,
    nik,
    {{ as_sent('nokk') }} as family_card_number,
    full_name,
    cast(null as varchar) as sex_code,
    birth_on,
    birth_precision,
    birth_sent,
    birth_place,
    cast(null as varchar) as father_name,
    cast(null as varchar) as mother_name,
    cast(null as varchar) as parent_name,
    program_number,
    cast(null as varchar) as phone,
    cast(null as varchar) as nisn,
    cast(null as varchar) as welfare_card_number,
    cast(null as varchar) as insurance_number,
    account_number,
    {{ parse_text('alamat') }} as address,
    cast(null as varchar) as rt,
    cast(null as varchar) as rw,
    cast(null as varchar) as sent_area_code,
    {{ parse_text('kecamatan') }} as sent_district,
    {{ parse_text('kelurahan') }} as sent_village,
    cast(null as boolean) as is_alive
from named
