{{ config(unique_key=record_key('benefits')) }}

-- One aid per house and fund, though the house stands on two rows: it is stated by the row that is
-- furthest along (of equals, the last). Rows are of one house by a whole family card or NIK; a row that
-- cannot be paired is an aid of its own, and as long as nothing is finished it is only ordered. BSPS and
-- RST are programs of their own; the other funds pay for rtlh. Nothing says which day of the year was
-- paid: the day is that of completion.
with submitted as (
    {{ submitted('rtlh') }}
),

read as (
    select
        *,
        {{ parse_percent('progres') }} as progress_percent,
        {{ parse_date('tgl_selesai') }} as finished_on,
        {{ decode_house_fund('sumber_dana') }} as fund,
        {{ house_number('no_kk') }} as card_key,
        {{ house_number('nik') }} as nik_key
    from submitted
),

placed as (
    select
        *,
        coalesce(progress_percent, case when finished_on is not null then 100 else -1 end) * 1e9 + source_row as place
    from read
),

paired as (
    select
        *,
        {%- for key in ['card_key', 'nik_key'] %}
        {{ key }} is not null and place < greatest(
            max(place) over (partition by submission_id, {{ key }}, fund),
            -- A row that does not tell its fund is of any.
            max(case when fund is null then place else -1e12 end) over (partition by submission_id, {{ key }}),
            case when fund is null then max(place) over (partition by submission_id, {{ key }}) else -1e12 end
        ) as is_earlier_by_{{ key }}{{ ',' if not loop.last }}
        {%- endfor %}
    from placed
)

select
    'rtlh' as program,
    submission_id,
    source_row,
    concat(source_row, ':kepala') as source_record_id,
    '1' as benefit_no,
    case when fund in ('bsps', 'rst') then fund else 'rtlh' end as program_code,
    'house_repair' as benefit_type_code,
    fund as component_code,
    cast(null as varchar) as for_record_id,
    period_from,
    period_to,
    {{ parse_amount('nilai_bantuan') }} as amount_idr,
    cast(1 as double) as quantity,
    'house' as unit_code,
    case
        when progress_percent = 100 then 'paid'
        when progress_percent is not null then 'ordered'
        when finished_on is not null then 'paid'
        else 'unknown'
    end as status_code,
    {{ parse_text('progres') }} as status_sent,
    finished_on as paid_on
from paired
where not is_earlier_by_card_key and not is_earlier_by_nik_key
