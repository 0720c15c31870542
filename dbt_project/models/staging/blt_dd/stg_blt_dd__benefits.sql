{{ config(unique_key=record_key('benefits')) }}

-- One payment per row, for the month that `Bulan ke-` names, or for several ('1-3', '4 s.d. 6').
-- The year is that of the file's period. Where the cell names no month it is the month of the file.
-- A signature tells that the help was received; without one that is not known.
with submitted as (
    {{ submitted('blt_dd') }}
),

read as (
    select
        *,
        {{ plain_words('bulan_ke') }} as month_words
    from submitted
),

numbered as (
    select
        *,
        coalesce(
            {{ decode_month(part('month_words', '^(?:bulan )?(?:ke )?([0-9]+|[a-z]+)')) }},
            {{ decode_month(part('month_words', '([a-z]+)$')) }}
        ) as first_month,
        {{ decode_month(part('month_words', '^(?:[0-9]+|[a-z]+)(?: s d| sd| sampai)? ([0-9]+|[a-z]+)$')) }} as last_month
    from read
),

placed as (
    select
        *,
        coalesce(make_date(year(period_from), first_month, 1), period_from) as first_on,
        coalesce(
            make_date(year(period_from), case when last_month > first_month then last_month else first_month end, 1),
            date_trunc('month', period_to)
        ) as last_on
    from numbered
)

select
    'blt_dd' as program,
    submission_id,
    source_row,
    concat(source_row, ':penerima') as source_record_id,
    '1' as benefit_no,
    'blt_dd' as program_code,
    'cash' as benefit_type_code,
    cast(null as varchar) as component_code,
    cast(null as varchar) as for_record_id,
    first_on as period_from,
    last_day(last_on) as period_to,
    {{ parse_amount('jumlah_rp') }} as amount_idr,
    cast(null as double) as quantity,
    cast(null as varchar) as unit_code,
    {{ decode_receipt('tanda_terima') }} as status_code,
    {{ parse_text('tanda_terima') }} as status_sent,
    cast(null as date) as paid_on
from placed
