{{ config(unique_key=record_key('persons')) }}

-- A database says of a person what it last learnt on the day of the update.
with submitted as (
    {{ submitted('prakerja') }}
),

read as (
    select
        *,
        {{ parse_date('updated_at') }} as updated_on
    from submitted
)

select
    'prakerja' as program,
    submission_id,
    source_row,
    concat(source_row, ':peserta') as source_record_id,
    'peserta' as role,
    case when updated_on <= period_to then updated_on else period_to end as observed_on,
    {{ as_sent('nik') }} as nik,
    cast(null as varchar) as family_card_number,
    {{ parse_name('nama') }} as full_name,
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
    cast(null as varchar) as address,
    cast(null as varchar) as rt,
    cast(null as varchar) as rw,
    cast(null as varchar) as sent_area_code,
    cast(null as varchar) as sent_district,
    cast(null as varchar) as sent_village,
    cast(null as boolean) as is_alive
from read
