{{ config(unique_key=record_key('persons')) }}

-- A row names a resident, and a father and a mother. A parent is a record where both a name and a
-- NIK of sixteen digits are given: a name alone, or with a damaged number, cannot be told from others
-- of that name, and would be a new person in every month; it stays in the resident's own record
-- (father_name, mother_name). The family card and the address are the resident's alone: the register
-- says nothing of where a parent lives.
with submitted as (
    {{ submitted('dukcapil') }}
),

read as (
    select
        *,
        {{ parse_name('ayah') }} as father,
        {{ parse_name('ibu') }} as mother,
        {{ parse_birth('tanggal_lahir') }} as birth,
        {{ decode_resident_status('status') }} as resident_status
    from submitted
),

named as (
    select *, 'penduduk' as role, nik as person_nik, {{ parse_name('nama_penduduk') }} as full_name,
        {{ decode_sex('kelamin') }} as sex_code, true as is_resident
    from read
    {% for role, name, sex in [('ayah', 'father', 'male'), ('ibu', 'mother', 'female')] %}
    union all
    select *, '{{ role }}', nik_{{ role }}, {{ name }}, '{{ sex }}', false
    from read
    where {{ name }} is not null
        and {{ matches(replace_every(replace_every('nik_' ~ role, "[.]0+$", ""), "['' .-]", ""), '[0-9]{16}') }}
        and {{ matches(replace_every('nik_' ~ role, '[^1-9]', ''), '.+') }}
    {% endfor %}
)

select
    'dukcapil' as program,
    submission_id,
    source_row,
    concat(source_row, ':', role) as source_record_id,
    role,
    period_to as observed_on,
    {{ as_sent('person_nik') }} as nik,
    case when is_resident then {{ as_sent('nomor_kk') }} end as family_card_number,
    full_name,
    sex_code,
    case when is_resident then birth.day_on end as birth_on,
    case when is_resident then birth.precise_to end as birth_precision,
    case when is_resident then {{ as_sent('tanggal_lahir') }} end as birth_sent,
    case when is_resident then coalesce({{ parse_text('tempat_lahir') }}, birth.place) end as birth_place,
    case when is_resident then father end as father_name,
    case when is_resident then mother end as mother_name,
    cast(null as varchar) as parent_name,
    cast(null as varchar) as program_number,
    cast(null as varchar) as phone,
    cast(null as varchar) as nisn,
    cast(null as varchar) as welfare_card_number,
    cast(null as varchar) as insurance_number,
    cast(null as varchar) as account_number,
    case when is_resident then {{ parse_text('alamat') }} end as address,
    case when is_resident then {{ parse_block_number('rt') }} end as rt,
    case when is_resident then {{ parse_block_number('rw') }} end as rw,
    cast(null as varchar) as sent_area_code,
    case when is_resident then {{ parse_text('kecamatan') }} end as sent_district,
    case when is_resident then {{ parse_text('desa_kel') }} end as sent_village,
    -- Who has moved away may have died since, and an invalid row says nothing of a person.
    case when is_resident then case resident_status when 'resident' then true when 'dead' then false end end as is_alive
from named
