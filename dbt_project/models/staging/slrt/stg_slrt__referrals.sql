{{ config(unique_key=record_key('referrals')) }}

-- What somebody asked for and where the request went: one referral per need of the case, or one
-- without a need where none is told. A request is referred on the day it was made.
with submitted as (
    {{ submitted('slrt') }}
),

listed as (
    select *, {{ json_texts('kebutuhan') }} as needs
    from submitted
),

needed as (
    {{ each_of('listed', 'needs', 'need', 'need_number') }}
)

select
    'slrt' as program,
    submission_id,
    source_row,
    concat(source_row, ':pemohon') as source_record_id,
    concat(coalesce({{ parse_text('no_register') }}, concat('row ', source_row)), ':', need_number) as referral_no,
    {{ decode_need('need') }} as need_code,
    {{ decode_program('program_tujuan') }} as to_program_code,
    coalesce({{ decode_referral_status('status') }}, 'unknown') as status_code,
    {{ parse_date('tgl') }} as referred_on,
    {{ parse_date('tgl_status') }} as status_on,
    {{ parse_text('alasan') }} as reason
from needed
