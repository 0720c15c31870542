{{ config(unique_key=record_key('budget_lines')) }}

-- One line per row: ceiling and spending since January, at the end of a month. Which program the
-- money is for is told by the names of activity and program; where they tell none it is unknown.
-- The place is 'VILLAGE, DISTRICT', a district alone, or with its kind in front ('Kel. Tuahkarya').
with submitted as (
    {{ submitted('sipd') }}
),

read as (
    select
        *,
        {{ decode_month('bulan') }} as month_number,
        {{ parse_year('tahun_anggaran') }} as year_sent,
        {{ parse_text('nama_lokasi') }} as place,
        case when date_trunc('month', period_from) = date_trunc('month', period_to) then period_from end as file_month_on
    from submitted
)

select
    'sipd' as program,
    submission_id,
    source_row,
    concat(source_row, ':baris') as source_record_id,
    '1' as line_no,
    {{ decode_budget_program('nama_sub_giat', 'nama_program') }} as program_code,
    coalesce(year_sent, extract(year from period_from)) as budget_year,
    coalesce({{ day_of('coalesce(year_sent, cast(extract(year from period_from) as integer))', 'month_number', 1) }}, file_month_on) as month_on,
    {{ decode_budget_version('versi') }} as version_code,
    {{ decode_fund('nama_dana') }} as fund_code,
    {{ parse_text('kode_akun') }} as account_code,
    {{ parse_text('kode_skpd') }} as agency_code,
    {{ parse_text('kode_sub_giat') }} as activity_code,
    {{ parse_text('nama_sub_giat') }} as activity_name,
    {{ parse_amount('pagu') }} as ceiling_idr,
    {{ parse_amount('realisasi') }} as realised_idr,
    cast(null as varchar) as sent_area_code,
    case
        when place like '%,%' then {{ parse_text("split_part(place, ',', 2)") }}
        when {{ matches('lower(place)', '(?:kelurahan|kel[.]?|desa|ds[.]?|nagari|gampong) .*') }} then null
        else place
    end as sent_district,
    case
        when place like '%,%' then {{ parse_text("split_part(place, ',', 1)") }}
        when {{ matches('lower(place)', '(?:kelurahan|kel[.]?|desa|ds[.]?|nagari|gampong) .*') }} then place
    end as sent_village
from read
