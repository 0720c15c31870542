{{ config(unique_key=record_key('enrolments')) }}

-- One training per row. Who did not pass has left; where that is not told, a training that goes on
-- beyond the period is active, and of any other it is unknown. A day more than three years before the
-- period is no day of a training that the file tells of: it may be a birth in the wrong column.
with submitted as (
    {{ submitted('blk') }}
),

dated as (
    select *, {{ parse_date('tgl_mulai') }} as first_on, {{ parse_date('tgl_selesai') }} as last_on
    from submitted
),

read as (
    select
        *,
        case when first_on >= {{ months_later('period_from', -36) }} then first_on end as started_on,
        case when last_on >= {{ months_later('period_from', -36) }} then last_on end as ended_on,
        {{ decode_flag('lulus') }} as passed
    from dated
)

select
    'blk' as program,
    submission_id,
    source_row,
    concat(source_row, ':peserta') as source_record_id,
    '1' as enrolment_no,
    'blk' as program_code,
    case
        when passed = 'yes' then 'graduated'
        when passed = 'no' then 'left'
        when ended_on > period_to then 'active'
        else 'unknown'
    end as status_code,
    {{ decode_course('kejuruan') }} as component_code,
    -- A batch of a year (2026-1); any other way of writing it stays in the vault.
    nullif(replace({{ part(plain_words('angkatan'), '^(20[0-9]{2} [0-9]{1,2})$') }}, ' ', '-'), '') as unit_code,
    {{ parse_text('kejuruan') }} as unit_name,
    started_on as valid_from,
    ended_on as valid_to
from read
