{{ config(unique_key=record_key('enrolments')) }}

-- On the year's list; the school's name stays in the vault, and so does its NPSN, which has as many
-- digits as an NISN that lost its zeros.
with submitted as (
    {{ submitted('pip') }}
),

read as (
    select
        *,
        {{ decode_grade('kelas') }} as grade
    from submitted
)

select
    'pip' as program,
    submission_id,
    source_row,
    concat(source_row, ':siswa') as source_record_id,
    '1' as enrolment_no,
    'pip' as program_code,
    'active' as status_code,
    {{ decode_school_level('jenjang') }} as component_code,
    {{ class_group_code('kelas', 'grade') }} as unit_code,
    {{ parse_text('nama_sekolah') }} as unit_name,
    period_from as valid_from,
    period_to as valid_to
from read
