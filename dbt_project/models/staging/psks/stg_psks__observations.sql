{{ config(unique_key=record_key('observations')) }}

-- Training and schooling of the volunteers, by the year's list.
with submitted as (
    {{ submitted('psks') }}
),

volunteers as (
    select s.*, p.source_record_id
    from submitted as s
    inner join {{ ref('stg_psks__persons') }} as p
        on p.submission_id = s.submission_id and p.source_row = s.source_row
),

stated as (
    select
        submission_id, source_row, source_record_id, 'volunteer_training_hours' as indicator_code,
        {{ parse_number('jam_pelatihan') }} as value_number, cast(null as varchar) as value_code,
        jam_pelatihan as value_sent
    from volunteers
    union all
    -- A number of a certificate says that there is one.
    select
        submission_id, source_row, source_record_id, 'volunteer_certified', null,
        case
            when {{ plain_words('legalitas_sertifikat') }} in ('tidak ada', 'tidak', 'belum', 'belum ada', 'tidak punya', 'tdk ada') then 'no'
            when {{ plain_words('legalitas_sertifikat') }} in ('ada', 'ya', 'sudah', 'punya', 'memiliki', 'bersertifikat', 'sertifikat') then 'yes'
            when {{ matches('legalitas_sertifikat', '.*[1-9].*') }} then 'yes'
        end,
        legalitas_sertifikat
    from volunteers
    union all
    select
        submission_id, source_row, source_record_id, 'volunteer_accompanies', null,
        {{ decode_accompaniment('pendampingan') }}, pendampingan
    from volunteers
    union all
    select
        submission_id, source_row, source_record_id, 'education_level', null,
        {{ decode_education('pendidikan_terakhir') }}, pendidikan_terakhir
    from volunteers
)

select
    'psks' as program,
    submission_id,
    source_row,
    source_record_id,
    indicator_code,
    cast(null as date) as observed_on,
    value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
