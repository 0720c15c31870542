{{ config(unique_key=record_key('benefits')) }}

-- Two kinds of help per card, both of the day of the award, so that the next file says the same again:
-- the voucher for training, which is spent when the training is finished and lost when the card is
-- revoked, and the incentive in cash that has been paid so far. A day before the program began is no day
-- of an award.
with submitted as (
    {{ submitted('prakerja') }}
),

dated as (
    select *, {{ parse_date('tgl_ditetapkan') }} as given_on
    from submitted
),

read as (
    select
        *,
        case when given_on >= date '2020-04-01' then given_on end as awarded_on,
        {{ decode_card_status('status') }} as card_status,
        {{ decode_course('pelatihan') }} as course,
        {{ parse_amount('insentif_dibayar') }} as incentive,
        {{ parse_amount('saldo_pelatihan') }} as balance
    from dated
),

given as (
    select
        submission_id, source_row, awarded_on, course, status, 'training' as benefit_no,
        'training_voucher' as benefit_type_code, balance as amount_idr,
        case card_status when 'graduated' then 'paid' when 'active' then 'ordered' when 'left' then 'failed' else 'unknown' end
            as status_code
    from read
    union all
    select
        submission_id, source_row, awarded_on, course, status, 'incentive',
        'cash', incentive,
        case
            when incentive > 0 then 'paid'
            when incentive = 0 and card_status = 'left' then 'failed'
            when incentive = 0 then 'ordered'
            else 'unknown'
        end
    from read
)

select
    'prakerja' as program,
    submission_id,
    source_row,
    concat(source_row, ':peserta') as source_record_id,
    benefit_no,
    'prakerja' as program_code,
    benefit_type_code,
    course as component_code,
    cast(null as varchar) as for_record_id,
    awarded_on as period_from,
    awarded_on as period_to,
    amount_idr,
    cast(null as double) as quantity,
    cast(null as varchar) as unit_code,
    status_code,
    {{ parse_text('status') }} as status_sent,
    cast(null as date) as paid_on
from given
