{{ config(unique_key='observation_id') }}

-- Repeats: a file believed more (submission_order) of the same program and regency states the
-- same indicator of the same person on the same day, or one file states the same value twice.
-- Two different values of one day within one file are both kept unmarked: neither is known to
-- be wrong. The value as sent stays in the vault: it may hold free text.
with stated as (
    select
        o.*,
        row_number() over (
            partition by o.submission_id, o.source_row, o.source_record_id, o.indicator_code
            order by o.observed_on, o.value_number, o.value_code, o.value_sent
        ) as statement_no
    from {{ ref('int_observations') }} as o
),

linked as (
    {{ linked_facts('stated', day='observed_on') }}
)

select
    {{ fact_id(['submission_id', 'source_row', 'source_record_id', 'indicator_code', 'statement_no']) }} as observation_id,
    program,
    submission_id,
    source_row,
    source_record_id,
    beneficiary_id,
    household_id,
    match_probability,
    indicator_code,
    own_day_on as observed_on,
    value_number,
    value_code,
    -- What is observed on a day holds for that day; a statement without a day, for its period.
    coalesce(own_day_on, period_from) as valid_from,
    coalesce(own_day_on, period_to) as valid_to,
    area_code,
    area_level,
    area_method,
    current_area_code,
    recency > min(recency) over (
        partition by program, sender_regency, person_key, indicator_code,
            coalesce(own_day_on, period_from), coalesce(own_day_on, period_to)
    )
    or row_number() over (
        partition by submission_id, person_key, indicator_code, own_day_on, value_number, value_code
        order by source_row, source_record_id, statement_no
    ) > 1 as is_repeat
from linked
