{{ config(unique_key=record_key('enrolments')) }}

-- The card, since the day it was awarded. When it ended is not told: a card that is finished or revoked
-- ended at the latest on the day of its last update.
with submitted as (
    {{ submitted('prakerja') }}
),

read as (
    select
        *,
        {{ parse_date('updated_at') }} as updated_on,
        {{ decode_card_status('status') }} as card_status
    from submitted
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
    {{ parse_date('tgl_ditetapkan') }} as valid_from,
    case when card_status in ('graduated', 'left') then updated_on end as valid_to
from read
