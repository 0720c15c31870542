{{ config(unique_key=record_key('benefits')) }}

-- Capital for a business, once, on the day told; it is for no month, so period_from is NULL. An
-- amount with its day was paid; without a day that is not known.
with submitted as (
    {{ submitted('pena') }}
),

read as (
    select *, {{ parse_date('tgl_salur') }} as paid_on
    from submitted
)

select
    'pena' as program,
    submission_id,
    source_row,
    concat(source_row, ':penerima') as source_record_id,
    '1' as benefit_no,
    'pena' as program_code,
    'business_capital' as benefit_type_code,
    {{ decode_business('jenis_usaha') }} as component_code,
    cast(null as varchar) as for_record_id,
    cast(null as date) as period_from,
    cast(null as date) as period_to,
    {{ parse_amount('bantuan_rp') }} as amount_idr,
    cast(null as double) as quantity,
    cast(null as varchar) as unit_code,
    case when paid_on <= period_to then 'paid' else 'unknown' end as status_code,
    cast(null as varchar) as status_sent,
    paid_on
from read
