{{ config(unique_key=record_key('referrals')) }}

-- Where the row says that somebody was sent on: the need is the kind of care it names, no reason
-- is told, and neither is what became of it.
with submitted as (
    {{ submitted('posbindu') }}
),

read as (
    select
        *,
        {{ parse_date('tgl_kegiatan') }} as held_on,
        {{ decode_referred_care('rujuk_ke') }} as need_code
    from submitted
)

select
    'posbindu' as program,
    submission_id,
    source_row,
    concat(source_row, ':peserta') as source_record_id,
    '1' as referral_no,
    need_code,
    cast(null as varchar) as to_program_code,
    'referred' as status_code,
    held_on as referred_on,
    cast(null as date) as status_on,
    cast(null as varchar) as reason
from read
where need_code <> 'none'
