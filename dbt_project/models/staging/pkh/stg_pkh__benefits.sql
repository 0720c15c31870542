{{ config(unique_key=record_key('benefits')) }}

-- One payment per row: to the pengurus, on the account of the member.
with submitted as (
    {{ submitted('pkh') }}
),

members as (
    select submission_id, source_row, source_record_id
    from {{ ref('stg_pkh__persons') }}
    where role = 'anggota'
)

select
    'pkh' as program,
    s.submission_id,
    s.source_row,
    concat(s.source_row, ':pengurus') as source_record_id,
    '1' as benefit_no,
    'pkh' as program_code,
    'cash' as benefit_type_code,
    {{ decode_pkh_component('s.komponen') }} as component_code,
    m.source_record_id as for_record_id,
    s.period_from,
    s.period_to,
    {{ parse_amount('s.nominal') }} as amount_idr,
    cast(null as double) as quantity,
    cast(null as varchar) as unit_code,
    {{ decode_payment_status('s.status_transaksi') }} as status_code,
    {{ parse_text('s.status_transaksi') }} as status_sent,
    {{ parse_date('s.tanggal_transaksi') }} as paid_on
from submitted as s
left join members as m
    on m.submission_id = s.submission_id and m.source_row = s.source_row
