{{ config(unique_key='referral_id') }}

-- Repeats: a file believed more (submission_order) of the same program and regency states the same
-- request of the same person on the same day, as it does when its status has changed; or one file
-- states it twice, and the statement with the latest status counts. The number of a case and the
-- reason's words stay in the vault: a reason passes as a code.
with stated as (
    select
        r.*,
        row_number() over (partition by r.submission_id, r.source_record_id order by r.referral_no) as statement_no
    from {{ ref('int_referrals') }} as r
),

linked as (
    {{ linked_facts('stated', day='referred_on') }}
)

select
    {{ fact_id(['program', 'submission_id', 'source_record_id', 'statement_no']) }} as referral_id,
    program,
    submission_id,
    source_row,
    source_record_id,
    beneficiary_id,
    household_id,
    match_probability,
    need_code,
    to_program_code,
    coalesce(status_code, 'unknown') as status_code,
    {{ decode_refusal_reason('reason') }} as reason_code,
    own_day_on as referred_on,
    {{ day_near('status_on', 'period_from') }} as status_on,
    coalesce(own_day_on, period_from) as valid_from,
    coalesce(own_day_on, period_to) as valid_to,
    area_code,
    area_level,
    area_method,
    current_area_code,
    (
        own_day_on is not null
        and recency > min(recency) over (
            partition by program, sender_regency, person_key, need_code, to_program_code, own_day_on
        )
    )
    or row_number() over (
        partition by submission_id, person_key, need_code, to_program_code, own_day_on
        order by status_on desc nulls last, source_row, source_record_id, referral_no
    ) > 1 as is_repeat
from linked
