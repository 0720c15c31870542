{{ config(unique_key=record_key('persons')) }}

-- A row names a pupil, and a father, a mother and a guardian where a name is given. Parents come
-- with their year of birth only. The family card is the pupil's alone: a divorced or dead parent is
-- on another or on none. The pupil's address is only theirs with whom the pupil is said to live;
-- that they are the pupil's parents stands in the pupil's own record (father_name, mother_name).
with submitted as (
    {{ submitted('dapodik') }}
),

read as (
    select
        *,
        {{ parse_name('ayah_nama') }} as father,
        {{ parse_name('ibu_nama') }} as mother,
        {{ parse_name('wali_nama') }} as guardian,
        {{ plain_words('jenis_tinggal') }} as living
    from submitted
),

named as (
    select
        *, 'siswa' as role, nik as person_nik, {{ parse_name('nama') }} as full_name,
        {{ decode_sex('jk') }} as sex_code, tanggal_lahir as birth_cell, no_kk as card,
        true as is_pupil, true as lives_there, cast(null as varchar) as occupation
    from read
    {% for role, name, sex, with_whom in [
        ('ayah', 'father', "'male'", ['bersama orang tua', 'orang tua']),
        ('ibu', 'mother', "'female'", ['bersama orang tua', 'orang tua']),
        ('wali', 'guardian', 'null', ['bersama wali', 'wali'])] %}
    union all
    select
        *, '{{ role }}', {{ role }}_nik, {{ name }},
        {{ sex }}, {{ role }}_tahun_lahir, null,
        false, living in ('{{ with_whom | join("', '") }}'), {{ role }}_pekerjaan
    from read
    where {{ name }} is not null
    {% endfor %}
),

born as (
    select *, {{ parse_birth('birth_cell') }} as birth
    from named
)

select
    'dapodik' as program,
    submission_id,
    source_row,
    concat(source_row, ':', role) as source_record_id,
    role,
    period_to as observed_on,
    {{ as_sent('person_nik') }} as nik,
    {{ as_sent('card') }} as family_card_number,
    full_name,
    sex_code,
    birth.day_on as birth_on,
    birth.precise_to as birth_precision,
    {{ as_sent('birth_cell') }} as birth_sent,
    case when is_pupil then coalesce({{ parse_text('tempat_lahir') }}, birth.place) end as birth_place,
    case when is_pupil then father end as father_name,
    case when is_pupil then mother end as mother_name,
    cast(null as varchar) as parent_name,
    case when is_pupil then {{ as_sent('nipd') }} end as program_number,
    case when is_pupil then coalesce({{ parse_phone('hp') }}, {{ parse_phone('telepon') }}) end as phone,
    case when is_pupil then {{ as_sent('nisn') }} end as nisn,
    case when is_pupil then {{ as_sent('nomor_kks') }} end as welfare_card_number,
    cast(null as varchar) as insurance_number,
    case when is_pupil then {{ as_sent('nomor_rekening_bank') }} end as account_number,
    case when lives_there then {{ parse_text('alamat') }} end as address,
    case when lives_there then {{ parse_block_number('rt') }} end as rt,
    case when lives_there then {{ parse_block_number('rw') }} end as rw,
    cast(null as varchar) as sent_area_code,
    case when lives_there then {{ parse_text('kecamatan') }} end as sent_district,
    case when lives_there then {{ parse_text('kelurahan') }} end as sent_village,
    -- The form has no other place to say so.
    case when {{ plain_words('occupation') }} in ('sudah meninggal', 'meninggal', 'meninggal dunia') then false end as is_alive
from born
