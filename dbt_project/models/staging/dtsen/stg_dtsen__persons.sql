{{ config(unique_key=record_key('persons')) }}

with submitted as (
    {{ submitted('dtsen') }}
),

read as (
    select
        *,
        {{ parse_birth('tgl_lahir') }} as birth,
        {{ parse_date('update_terakhir') }} as updated_on
    from submitted
)

select
    'dtsen' as program,
    submission_id,
    source_row,
    concat(source_row, ':person') as source_record_id,
    'person' as role,
    -- A register states at its period's end what it last learnt on the day of the update.
    case when updated_on <= period_to then updated_on else period_to end as observed_on,
    {{ as_sent('nik') }} as nik,
    {{ as_sent('no_kk') }} as family_card_number,
    {{ parse_name('nama') }} as full_name,
    {{ decode_sex('jk') }} as sex_code,
    birth.day_on as birth_on,
    birth.precise_to as birth_precision,
    {{ as_sent('tgl_lahir') }} as birth_sent,
    birth.place as birth_place,
    cast(null as varchar) as father_name,
    cast(null as varchar) as mother_name,
    cast(null as varchar) as parent_name,
    {{ as_sent('id_dtsen') }} as program_number,
    cast(null as varchar) as phone,
    cast(null as varchar) as nisn,
    cast(null as varchar) as welfare_card_number,
    cast(null as varchar) as insurance_number,
    cast(null as varchar) as account_number,
    {{ parse_text('alamat') }} as address,
    cast(null as varchar) as rt,
    cast(null as varchar) as rw,
    {{ parse_text('kode_desa') }} as sent_area_code,
    {{ parse_text('kecamatan') }} as sent_district,
    {{ parse_text('desa') }} as sent_village,
    cast(null as boolean) as is_alive
from read
