{{ config(unique_key=record_key('observations')) }}

-- Every mother has every indicator, NULL where the cell does not tell. The list gives no day:
-- observed_on is NULL, but for what is said of a delivery.
{% set numbers = [
    ('pregnancy_weeks', 'usia_kehamilan_minggu'), ('antenatal_visits_count', 'kunjungan_anc'),
    ('iron_pills_count', 'butir_pil_fe')] %}
with submitted as (
    {{ submitted('kia') }}
),

mothers as (
    select *, {{ parse_date('tgl_persalinan') }} as delivered_on
    from submitted
    where source_part = 'ibu_hamil'
),

stated as (
    {% for indicator, column in numbers %}
    select
        submission_id, source_row, '{{ indicator }}' as indicator_code, cast(null as date) as day_on,
        {{ parse_number(column) }} as value_number, cast(null as varchar) as value_code, {{ column }} as value_sent
    from mothers
    union all
    {% endfor %}
    select submission_id, source_row, 'high_risk_pregnancy', null, null, {{ decode_flag('resiko_tinggi') }}, resiko_tinggi
    from mothers
    union all
    select submission_id, source_row, 'birth_attendant', delivered_on, null, {{ decode_birth_attendant('penolong') }}, penolong
    from mothers
    union all
    select submission_id, source_row, 'mother_condition', delivered_on, null, {{ decode_mother_condition('kondisi_ibu') }}, kondisi_ibu
    from mothers
)

select
    'kia' as program,
    submission_id,
    source_row,
    concat(source_row, ':ibu') as source_record_id,
    indicator_code,
    day_on as observed_on,
    value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
