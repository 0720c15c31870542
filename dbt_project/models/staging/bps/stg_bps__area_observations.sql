{{ config(unique_key=record_key('area_observations')) }}

-- A figure is of March or September of its year (the months of the survey) and keeps what was
-- sent beside it. The table gives thousands of people and percent; a count and a share of 0 to 1
-- come out. A figure that cannot be true (505 rupiah, 25674.58 percent) is not put right here:
-- core marks it. A column that a year's table does not have says nothing and yields no row.
{% set figures = [
    ('poverty_line_idr', 'garis_kemiskinan_maret_rp', 'march', 3, 1, parse_amount),
    ('poverty_line_idr', 'garis_kemiskinan_september_rp', 'september', 9, 1, parse_amount),
    ('poor_people_count', 'jumlah_penduduk_miskin_maret_ribu_ribu', 'march', 3, 1000, parse_number),
    ('poor_people_count', 'jumlah_penduduk_miskin_september_ribu_ribu', 'september', 9, 1000, parse_number),
    ('poor_people_share', 'persentase_penduduk_miskin_maret', 'march', 3, 0.01, parse_number),
    ('poor_people_share', 'persentase_penduduk_miskin_september', 'september', 9, 0.01, parse_number)] %}
with submitted as (
    {{ submitted('bps') }}
),

stated as (
    {% for indicator, column, dimension, month, factor, read in figures %}
    select
        submission_id, source_row, provinsi, period_from,
        '{{ indicator }}' as indicator_code,
        '{{ dimension }}' as dimension_code,
        {{ month }} as month_no,
        cast({{ read(column) }} as double) as figure,
        cast({{ factor }} as double) as factor,
        {{ as_sent(column) }} as value_sent,
        -- Whether this year's table has the column at all.
        max(case when {{ as_sent(column) }} is not null then 1 else 0 end) over (partition by submission_id) as has_column
    from submitted
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- A row without any figure is a footnote or a blank line: see stg_bps__unused_rows.
rows_with_figures as (
    select
        *,
        max(case when value_sent is not null then 1 else 0 end) over (partition by submission_id, source_row) as has_figures,
        {{ day_of('extract(year from period_from)', 'month_no', 1) }} as first_day
    from stated
)

select
    'bps' as program,
    submission_id,
    source_row,
    concat(source_row, ':area') as source_record_id,
    indicator_code,
    dimension_code,
    first_day as period_from,
    {{ last_day_of_month('first_day') }} as period_to,
    -- Rounded to the precision that was sent, so that 1463.67 thousand is 1463670 people.
    case when factor >= 1 then round(figure * factor) else round(figure * factor, 6) end as value_number,
    value_sent,
    case
        when figure is not null then null
        when value_sent is null then 'blank'
        when {{ matches('value_sent', '[.…]+') }} then 'not_available'
        when {{ matches('value_sent', '[-–—]+') }} then 'dash'
        else 'unreadable'
    end as missing_reason,
    {{ parse_text('provinsi') }} as sent_area_code,
    cast(null as varchar) as sent_district,
    cast(null as varchar) as sent_village
from rows_with_figures
where has_column = 1 and has_figures = 1
