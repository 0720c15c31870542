{{ config(unique_key=record_key('observations')) }}

-- Every pupil has every indicator, NULL where the form does not tell. The form speaks of its
-- semester and gives no day: observed_on is NULL.
{% set numbers = [
    ('weight_kg', 'berat_badan'), ('height_cm', 'tinggi_badan'), ('head_circumference_cm', 'lingkar_kepala'),
    ('siblings_count', 'jml_saudara_kandung'), ('school_distance_km', 'jarak_rumah_ke_sekolah_km')] %}
{% set flags = [
    ('kps_receipt', 'penerima_kps'), ('kip_receipt', 'penerima_kip'),
    ('pip_proposed', 'layak_pip_usulan_dari_sekolah')] %}
with submitted as (
    {{ submitted('dapodik') }}
),

read as (
    select *, {{ decode_grade('rombel_saat_ini') }} as grade
    from submitted
),

stated as (
    select
        submission_id, source_row, 'school_enrolled' as indicator_code,
        cast(null as double) as value_number, 'yes' as value_code, cast(null as varchar) as value_sent
    from read
    union all
    select submission_id, source_row, 'school_grade', grade, null, rombel_saat_ini
    from read
    union all
    select submission_id, source_row, 'school_level', null, {{ level_of_grade('grade') }}, rombel_saat_ini
    from read
    {% for indicator, column in numbers %}
    union all
    select submission_id, source_row, '{{ indicator }}', {{ parse_number(column) }}, null, {{ column }}
    from read
    {% endfor %}
    {% for indicator, column in flags %}
    union all
    select submission_id, source_row, '{{ indicator }}', null, {{ decode_flag(column) }}, {{ column }}
    from read
    {% endfor %}
    union all
    select
        submission_id, source_row, 'special_need', null,
        {{ decode_special_need('kebutuhan_khusus') }},
        kebutuhan_khusus
    from read
)

select
    'dapodik' as program,
    submission_id,
    source_row,
    concat(source_row, ':siswa') as source_record_id,
    indicator_code,
    cast(null as date) as observed_on,
    value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
