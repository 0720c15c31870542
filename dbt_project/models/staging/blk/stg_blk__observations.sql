{{ config(unique_key=record_key('observations')) }}

-- What became of the trainee: NULL where it was not asked or not told. Work at the beginning is of the
-- first day, after three and six months of that day counted from the last. The wage is in thousands of
-- rupiah, so that no number of a person can be one; above 50 million a month it is unknown.
{% set wage = "case when _wage > 0 and _wage <= 5e7 then _wage / 1000 end" %}
with submitted as (
    {{ submitted('blk') }}
),

read as (
    select
        *,
        {{ parse_date('tgl_mulai') }} as started_on,
        {{ parse_date('tgl_selesai') }} as ended_on
    from submitted
),

stated as (
    select
        submission_id, source_row, 'training_attendance_percent' as indicator_code, ended_on as day_on,
        {{ parse_number('hadir_persen') }} as value_number, cast(null as varchar) as value_code,
        hadir_persen as value_sent
    from read
    union all
    select submission_id, source_row, 'training_passed', ended_on, null, {{ decode_flag('lulus') }}, lulus
    from read
    union all
    -- A blank certificate is none only of those who did not pass.
    select
        submission_id, source_row, 'training_certified', ended_on, null,
        case
            when {{ parse_text('no_sertifikat') }} is not null then 'yes'
            when {{ decode_flag('lulus') }} = 'no' then 'no'
        end,
        no_sertifikat
    from read
    union all
    select submission_id, source_row, 'education_level', started_on, null, {{ decode_education('pendidikan') }}, pendidikan
    from read
    {% for indicator, column, day in [
        ('work_before_training', 'status_kerja_awal', 'started_on'),
        ('work_3_months_after_training', 'status_kerja_3bln', months_later('ended_on', 3)),
        ('work_6_months_after_training', 'status_kerja_6bln', months_later('ended_on', 6))] %}
    union all
    select submission_id, source_row, '{{ indicator }}', {{ day }}, null, {{ decode_work(column) }}, {{ column }}
    from read
    {% endfor %}
    union all
    select
        submission_id, source_row, 'wage_6_months_after_training', {{ months_later('ended_on', 6) }},
        {{ let('_wage', 'cast(' ~ parse_amount('gaji_6bln') ~ ' as double)', wage) }}, null, gaji_6bln
    from read
)

select
    'blk' as program,
    submission_id,
    source_row,
    concat(source_row, ':peserta') as source_record_id,
    indicator_code,
    day_on as observed_on,
    value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
