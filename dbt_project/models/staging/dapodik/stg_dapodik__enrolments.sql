{{ config(unique_key=record_key('enrolments')) }}

-- In school for the semester. The file does not name the school; the unit is the class group.
with submitted as (
    {{ submitted('dapodik') }}
),

read as (
    select *, {{ decode_grade('rombel_saat_ini') }} as grade
    from submitted
)

select
    'dapodik' as program,
    submission_id,
    source_row,
    concat(source_row, ':siswa') as source_record_id,
    '1' as enrolment_no,
    'dapodik' as program_code,
    'active' as status_code,
    {{ level_of_grade('grade') }} as component_code,
    {{ class_group_code('rombel_saat_ini', 'grade') }} as unit_code,
    {{ parse_text('rombel_saat_ini') }} as unit_name,
    period_from as valid_from,
    period_to as valid_to
from read
