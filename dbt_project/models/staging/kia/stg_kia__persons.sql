{{ config(unique_key=record_key('persons')) }}

-- The mother of a row of ibu_hamil, the child of a row of imunisasi. The child's mother is named without
-- any number, so her name is evidence of the child.
with submitted as (
    {{ submitted('kia') }}
),

read as (
    select
        *,
        {{ parse_birth('tgl_lahir') }} as birth,
        {{ parse_date('tgl_vaksin') }} as vaccinated_on,
        source_part = 'ibu_hamil' as is_mother
    from submitted
),

named as (
    select
        *,
        case when is_mother then 'ibu' else 'anak' end as role,
        {{ decode_mother_condition('kondisi_ibu') }} as condition
    from read
)

select
    'kia' as program,
    submission_id,
    source_row,
    concat(source_row, ':', role) as source_record_id,
    role,
    case when is_mother then period_to else coalesce(vaccinated_on, period_to) end as observed_on,
    case when is_mother then {{ as_sent('nik_ibu') }} else {{ as_sent('nik_anak') }} end as nik,
    {{ as_sent('no_kk') }} as family_card_number,
    case when is_mother then {{ parse_name('nama_ibu') }} else {{ parse_name('nama_anak') }} end as full_name,
    -- Who is or was pregnant is a woman.
    case when is_mother then 'female' else {{ decode_sex('jk') }} end as sex_code,
    birth.day_on as birth_on,
    birth.precise_to as birth_precision,
    {{ as_sent('tgl_lahir') }} as birth_sent,
    birth.place as birth_place,
    cast(null as varchar) as father_name,
    case when not is_mother then {{ parse_name('nama_ibu') }} end as mother_name,
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
    {{ parse_text('kode_desa') }} as sent_area_code,
    cast(null as varchar) as sent_district,
    cast(null as varchar) as sent_village,
    case when condition in ('healthy', 'ill') then true when condition = 'died' then false end as is_alive
from named
