{{ config(unique_key=record_key('observations')) }}

-- Every child has every indicator, NULL where the cell is blank or cannot be read; `outlier` is
-- what the program itself says of a measurement it does not believe. Weights of more than 200 are
-- grams (no child under five weighs 200 kg); birth weights of more than 20 likewise.
{% set scores = [('zscore_wfa', 'zs_bb_u'), ('zscore_hfa', 'zs_tb_u'), ('zscore_wfh', 'zs_bb_tb')] %}
{% set numbers = [
    ('weight_kg', 'berat', 200), ('height_cm', 'tinggi', none), ('arm_circumference_cm', 'lila', none),
    ('birth_weight_kg', 'bb_lahir', 20), ('birth_length_cm', 'tb_lahir', none),
    ('supplementary_food_kg', 'pmt_diterima_kg', none), ('vitamin_a_count', 'jml_vit_a', none)] %}
{% set codes = [
    ('stunting_code', 'tb_u', decode_growth('tb_u')), ('underweight_code', 'bb_u', decode_growth('bb_u')),
    ('wasting_code', 'bb_tb', decode_growth('bb_tb')),
    ('weight_gain', 'naik_berat_badan', decode_weight_gain('naik_berat_badan')),
    ('development_screening', 'kpsp', decode_screening('kpsp')),
    ('mother_child_handbook', 'kia', decode_flag('kia')),
    ('parenting_class', 'kelas_ibu_balita', decode_flag('kelas_ibu_balita')),
    ('free_nutritious_meal', 'mbg', decode_flag('mbg'))] %}
with submitted as (
    {{ submitted('eppgbm') }}
),

read as (
    select *, {{ parse_date('tanggal_pengukuran') }} as measured_on
    from submitted
),

stated as (
    {% for indicator, column, grams_above in numbers %}
    select
        submission_id, source_row, measured_on, '{{ indicator }}' as indicator_code,
        {% if grams_above -%}
        {{ let('_sent', parse_number(column), "case when _sent > " ~ grams_above ~ " then _sent / 1000 else _sent end") }}
        {%- else -%}
        {{ parse_number(column) }}
        {%- endif %} as value_number,
        {{ decode_words(column, [('outlier', ['outlier'])]) }} as value_code,
        {{ column }} as value_sent
    from read
    union all
    {% endfor %}
    {% for indicator, column in scores %}
    select
        submission_id, source_row, measured_on, '{{ indicator }}',
        {{ parse_number(column) }}, {{ decode_words(column, [('outlier', ['outlier'])]) }}, {{ column }}
    from read
    union all
    {% endfor %}
    {% for indicator, column, code in codes %}
    select submission_id, source_row, measured_on, '{{ indicator }}', null, {{ code }}, {{ column }}
    from read
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    'eppgbm' as program,
    submission_id,
    source_row,
    concat(source_row, ':anak') as source_record_id,
    indicator_code,
    measured_on as observed_on,
    value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
