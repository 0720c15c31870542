{{ config(unique_key=record_key('persons')) }}

with submitted as (
    {{ submitted('blk') }}
),

read as (
    select
        *,
        {{ parse_birth('tgl_lahir') }} as birth
    from submitted
)

select
    'blk' as program,
    submission_id,
    source_row,
    concat(source_row, ':peserta') as source_record_id,
    'peserta' as role,
    period_to as observed_on,
    {{ as_sent('nik') }} as nik,
    cast(null as varchar) as family_card_number,
    {{ parse_name('nama') }} as full_name,
    {{ decode_sex('jk') }} as sex_code,
    birth.day_on as birth_on,
    birth.precise_to as birth_precision,
    {{ as_sent('tgl_lahir') }} as birth_sent,
    birth.place as birth_place,
    cast(null as varchar) as father_name,
    cast(null as varchar) as mother_name,
    cast(null as varchar) as parent_name,
    cast(null as varchar) as program_number,
    {{ parse_phone('no_hp') }} as phone,
    cast(null as varchar) as nisn,
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
from read
