{{ config(unique_key=record_key('observations')) }}

-- Every person has every indicator, NULL where the cell is blank or cannot be read.
{% set numbers = [
    ('blood_pressure_systolic_mmhg', 'tensi', parse_pressure('tensi', 1)),
    ('blood_pressure_diastolic_mmhg', 'tensi', parse_pressure('tensi', 2)),
    ('blood_sugar_mg_dl', 'gula_darah', parse_sugar('gula_darah')),
    ('body_mass_index', 'imt', parse_number('imt'))] %}
with submitted as (
    {{ submitted('posbindu') }}
),

read as (
    select *, {{ parse_date('tgl_kegiatan') }} as held_on
    from submitted
),

stated as (
    {% for indicator, column, number in numbers %}
    select
        submission_id, source_row, held_on, '{{ indicator }}' as indicator_code,
        {{ number }} as value_number, cast(null as varchar) as value_code, {{ column }} as value_sent
    from read
    union all
    {% endfor %}
    select
        submission_id, source_row, held_on, 'mental_screening', null,
        {{ decode_mental_screening('skrining_jiwa') }}, skrining_jiwa
    from read
)

select
    'posbindu' as program,
    submission_id,
    source_row,
    concat(source_row, ':peserta') as source_record_id,
    indicator_code,
    held_on as observed_on,
    value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
