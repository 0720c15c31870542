{{ config(unique_key=record_key('area_observations')) }}

-- A figure of a village and the month of the file. Coverage comes in per cent and goes out as a
-- share. A figure that cannot be true is not put right here: core marks it. A row without a village
-- tells of no area, and a facility is a resource: see the other models.
{% set figures = [
    ('aki_akb', 'maternal_deaths_count', "'all'", 'jumlah_aki', 1),
    ('aki_akb', 'infant_deaths_count', "'all'", 'jumlah_akb', 1),
    ('imunisasi', 'immunisation_coverage_share', "'all'", 'cakupan_imunisasi', 0.01),
    ('epidemi', 'disease_cases_count', 'disease_code', 'jumlah_penderita', 1),
    ('putus_sekolah', 'pupils_count', "'sd'", 'siswa_sd', 1),
    ('putus_sekolah', 'pupils_count', "'smp'", 'siswa_smp', 1),
    ('putus_sekolah', 'pupils_count', "'sma'", 'siswa_sma', 1),
    ('putus_sekolah', 'school_age_children_count', "'sd'", 'anak_usia_sd', 1),
    ('putus_sekolah', 'school_age_children_count', "'smp'", 'anak_usia_smp', 1),
    ('putus_sekolah', 'school_age_children_count', "'sma'", 'anak_usia_sma', 1)] %}
with submitted as (
    {{ submitted('opendk') }}
),

read as (
    select *, coalesce({{ decode_disease('penyakit') }}, 'unknown') as disease_code
    from submitted
    where {{ parse_text('desa_id') }} is not null
),

stated as (
    {% for part, indicator, dimension, column, factor in figures %}
    select
        submission_id, source_row, source_part, desa_id, period_from, period_to,
        '{{ indicator }}' as indicator_code,
        {{ dimension }} as dimension_code,
        -- No village has a million of anything: that is somebody's number in the wrong column.
        case when abs({{ parse_number(column) }}) <= 1e6 then {{ parse_number(column) }} end as figure,
        cast({{ factor }} as double) as factor,
        {{ as_sent(column) }} as value_sent
    from read
    where source_part = '{{ part }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    'opendk' as program,
    submission_id,
    source_row,
    concat(source_row, ':', source_part) as source_record_id,
    indicator_code,
    dimension_code,
    period_from,
    period_to,
    round(figure * factor, 6) as value_number,
    value_sent,
    case
        when figure is not null then null
        when value_sent is null then 'blank'
        when {{ matches('value_sent', '[.…]+') }} then 'not_available'
        when {{ matches('value_sent', '[-–—]+') }} then 'dash'
        else 'unreadable'
    end as missing_reason,
    {{ as_sent('desa_id') }} as sent_area_code,
    cast(null as varchar) as sent_district,
    cast(null as varchar) as sent_village
from stated
