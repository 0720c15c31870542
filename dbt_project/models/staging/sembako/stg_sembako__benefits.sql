{{ config(unique_key=record_key('benefits')) }}

-- One payment per row, for the month of the row: one file may hold several months. Where the row
-- does not tell, the month is known only if the whole file speaks of one month; else it is NULL.
with submitted as (
    {{ submitted('sembako') }}
),

read as (
    select
        *,
        {{ decode_month('bulan') }} as month_number,
        {{ parse_year('tahun') }} as year_sent
    from submitted
),

dated as (
    select
        *,
        -- Without a year: the last such month that begins before the file's period ends.
        make_date(
            cast(coalesce(
                year_sent,
                year(period_to) - case when month_number > month(period_to) then 1 else 0 end
            ) as integer),
            month_number, 1
        ) as own_month_on,
        case when date_trunc('month', period_from) = date_trunc('month', period_to) then period_from end
            as file_month_on
    from read
),

placed as (
    select
        *,
        coalesce(
            own_month_on,
            case
                when count(own_month_on) over (partition by submission_id) = 0 then file_month_on
                when min(own_month_on) over (partition by submission_id)
                    = max(own_month_on) over (partition by submission_id)
                    then min(own_month_on) over (partition by submission_id)
            end
        ) as month_on
    from dated
)

select
    'sembako' as program,
    submission_id,
    source_row,
    concat(source_row, ':kpm') as source_record_id,
    '1' as benefit_no,
    'sembako' as program_code,
    'food' as benefit_type_code,
    cast(null as varchar) as component_code,
    cast(null as varchar) as for_record_id,
    month_on as period_from,
    last_day(month_on) as period_to,
    {{ parse_amount('nominal') }} as amount_idr,
    cast(null as double) as quantity,
    cast(null as varchar) as unit_code,
    {{ decode_payment_status('status_transaksi') }} as status_code,
    {{ parse_text('status_transaksi') }} as status_sent,
    {{ parse_date('tgl_transaksi') }} as paid_on
from placed
