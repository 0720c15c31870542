{{ config(unique_key=record_key('benefits')) }}

-- The contribution of the month, paid to the insurer for every active member. The file holds no
-- amount: core values it by the dated rule of the seed benefit_values. Where the status is not told,
-- or the row contradicts itself (active, but not begun or ended before the month), whether it was
-- paid is not known.
with submitted as (
    {{ submitted('pbi_jkn') }}
),

read as (
    select
        *,
        case
            when {{ plain_words('status') }} in ('aktif') then 'active'
            when {{ plain_words('status') }} in ('nonaktif', 'non aktif', 'tidak aktif', 'nonaktif sementara', 'dinonaktifkan') then 'left'
            else 'unknown'
        end as status_code,
        {{ decode_insurance_segment('segmen') }} as component_code,
        {{ parse_date('tmt') }} as started_on,
        {{ parse_date('tat') }} as ended_on
    from submitted
)

select
    'pbi_jkn' as program,
    submission_id,
    source_row,
    concat(source_row, ':peserta') as source_record_id,
    '1' as benefit_no,
    'pbi_jkn' as program_code,
    'insurance' as benefit_type_code,
    component_code,
    cast(null as varchar) as for_record_id,
    period_from,
    period_to,
    cast(null as decimal(18, 2)) as amount_idr,
    cast(null as double) as quantity,
    cast(null as varchar) as unit_code,
    case
        when status_code = 'unknown' or started_on > period_to or ended_on < period_from then 'unknown'
        else 'paid'
    end as status_code,
    {{ parse_text('status') }} as status_sent,
    cast(null as date) as paid_on
from read
where status_code <> 'left'
