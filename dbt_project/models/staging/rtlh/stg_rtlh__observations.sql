{{ config(unique_key=record_key('observations')) }}

-- The house before the work (progress 0 and nothing finished) and as it is now (any progress, or a day
-- of completion, or a final condition). A row that tells neither says nothing of the house's state at
-- a time. Progress and condition are of the row that is under way; size and people of each row.
{% set materials = [
    ('roof', 'atap', decode_roof('atap')), ('floor', 'lantai', decode_house_floor('lantai')),
    ('wall', 'dinding', decode_house_wall('dinding')), ('sanitation', 'sanitasi', decode_sanitation('sanitasi')),
    ('drinking_water', 'air_minum', decode_drinking_water('air_minum'))] %}
with submitted as (
    {{ submitted('rtlh') }}
),

read as (
    select
        *,
        {{ parse_percent('progres') }} as progress_percent,
        {{ parse_date('tgl_selesai') }} as finished_on,
        {{ decode_house_condition('kondisi_akhir') }} as condition
    from submitted
),

staged as (
    select
        *,
        case
            when progress_percent > 0 or finished_on is not null or condition is not null then 'after'
            when progress_percent = 0 then 'before'
        end as state
    from read
),

stated as (
    {% for thing, column, code in materials %}
    select
        submission_id, source_row, finished_on, concat('house_{{ thing }}_', state) as indicator_code,
        cast(null as double) as value_number, {{ code }} as value_code, {{ column }} as value_sent
    from staged
    where state is not null
    union all
    {% endfor %}
    select submission_id, source_row, finished_on, 'house_area_m2', {{ parse_number('luas_m2') }}, null, luas_m2
    from staged
    union all
    select submission_id, source_row, finished_on, 'house_residents_count', {{ parse_number('penghuni') }}, null, penghuni
    from staged
    union all
    select submission_id, source_row, finished_on, 'house_repair_progress_percent', progress_percent, null, progres
    from staged
    where state = 'after'
    union all
    select submission_id, source_row, finished_on, 'house_condition_after', null, condition, kondisi_akhir
    from staged
    where state = 'after'
)

select
    'rtlh' as program,
    submission_id,
    source_row,
    concat(source_row, ':kepala') as source_record_id,
    indicator_code,
    finished_on as observed_on,
    value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
