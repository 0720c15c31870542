{{ config(unique_key=record_key('enrolments')) }}

-- The list speaks of its month: who is active is a member in that month, from the first day told
-- if it lies within. Who has left is a member no more; the last day is told if it is near enough
-- to be one (not a birth date in the wrong column).
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
    '1' as enrolment_no,
    'pbi_jkn' as program_code,
    status_code,
    component_code,
    cast(null as varchar) as unit_code,
    cast(null as varchar) as unit_name,
    case
        when status_code = 'left' then null
        when started_on between period_from and period_to then started_on
        else period_from
    end as valid_from,
    case
        when status_code <> 'left' then period_to
        when ended_on >= {{ months_later('period_from', -12) }} then ended_on
    end as valid_to
from read
