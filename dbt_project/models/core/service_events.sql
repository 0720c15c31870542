{{ config(unique_key='service_event_id') }}

-- Repeats: a file believed more (submission_order) of the same program and regency states the
-- same service to the same person on the same day, or one file states it twice. An event
-- without a day is never called a repeat across files. Providers' names stay in the vault:
-- a provider may be one person.
with stated as (
    select
        e.*,
        row_number() over (
            partition by e.submission_id, e.source_row, e.source_record_id, e.service_code, e.event_no
            order by e.happened_on, e.quantity, e.unit_code, e.provider_name
        ) as statement_no
    from {{ ref('int_service_events') }} as e
),

linked as (
    {{ linked_facts('stated', day='happened_on') }}
)

select
    {{ fact_id(['submission_id', 'source_row', 'source_record_id', 'service_code', 'event_no', 'statement_no']) }} as service_event_id,
    program,
    submission_id,
    source_row,
    source_record_id,
    beneficiary_id,
    household_id,
    match_probability,
    service_code,
    provider_kind_code,
    own_day_on as happened_on,
    quantity,
    unit_code,
    own_day_on as valid_from,
    own_day_on as valid_to,
    area_code,
    area_level,
    area_method,
    current_area_code,
    (
        own_day_on is not null
        and recency > min(recency) over (
            partition by program, sender_regency, person_key, service_code, own_day_on
        )
    )
    or row_number() over (
        partition by submission_id, person_key, service_code, own_day_on, quantity, unit_code, provider_name
        order by source_row, source_record_id, event_no, statement_no
    ) > 1 as is_repeat
from linked
