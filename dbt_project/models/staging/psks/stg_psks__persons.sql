{{ config(unique_key=record_key('persons')) }}

-- Who has a NIK or a sex is a person, and so is a volunteer (PSM, TKSK). Else the name may be that of
-- an institution (LKS, Karang Taruna, partner), and is no record of a person.
with submitted as (
    {{ submitted('psks') }}
),

named as (
    select
        *,
        {{ decode_resource_kind('jenis') }} as kind,
        {{ as_sent('nik_no_ktp') }} as nik,
        {{ parse_name('nama_psm') }} as full_name,
        {{ decode_sex('jenis_kelamin') }} as sex_code
    from submitted
)

select
    'psks' as program,
    submission_id,
    source_row,
    concat(source_row, ':relawan') as source_record_id,
    'relawan' as role,
    period_to as observed_on,
    nik,
    cast(null as varchar) as family_card_number,
    full_name,
    sex_code,
    cast(null as date) as birth_on,
    cast(null as varchar) as birth_precision,
    cast(null as varchar) as birth_sent,
    cast(null as varchar) as birth_place,
    cast(null as varchar) as father_name,
    cast(null as varchar) as mother_name,
    cast(null as varchar) as parent_name,
    cast(null as varchar) as program_number,
    {{ parse_phone('no_hp') }} as phone,
    cast(null as varchar) as nisn,
    cast(null as varchar) as welfare_card_number,
    cast(null as varchar) as insurance_number,
    cast(null as varchar) as account_number,
    {{ parse_text('alamat_rumah') }} as address,
    cast(null as varchar) as rt,
    cast(null as varchar) as rw,
    cast(null as varchar) as sent_area_code,
    cast(null as varchar) as sent_district,
    {{ parse_text('desa') }} as sent_village,
    cast(null as boolean) as is_alive
from named
where {{ replace_every('coalesce(nik, %s)' % "''", '[^1-9]', '') }} <> ''
    or sex_code is not null
    or (kind is not null and not kind in ('lks', 'karang_taruna', 'lk3', 'wksbm', 'partner') and kind <> 'other')
