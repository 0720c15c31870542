{{ config(unique_key=record_key('enrolments')) }}

-- The card, since the day it was awarded. When it ended is not told: a card that is finished or revoked
-- ended at the latest on the day of its last update. A day before the program began is no day of it: it
-- may be a birth in the wrong column.
with submitted as (
    {{ submitted('prakerja') }}
),

dated as (
    select *, {{ parse_date('tgl_ditetapkan') }} as given_on, {{ parse_date('updated_at') }} as changed_on
    from submitted
),

read as (
    select
        *,
        case when given_on >= date '2020-04-01' then given_on end as awarded_on,
        case when changed_on >= date '2020-04-01' then changed_on end as updated_on,
        {{ decode_card_status('status') }} as card_status
    from dated
)

select
    'prakerja' as program,
    submission_id,
    source_row,
    concat(source_row, ':peserta') as source_record_id,
    '1' as enrolment_no,
    'prakerja' as program_code,
    case when card_status in ('active', 'graduated', 'left') then card_status else 'unknown' end as status_code,
    {{ decode_course('pelatihan') }} as component_code,
    cast({{ parse_wave('gelombang') }} as varchar) as unit_code,
    {{ parse_text('pelatihan') }} as unit_name,
    awarded_on as valid_from,
    case when card_status in ('graduated', 'left') then updated_on end as valid_to
from read
