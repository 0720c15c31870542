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
    select
        e.*,
        p.beneficiary_id, p.household_id, p.match_probability,
        p.area_code, p.area_level, p.area_method, p.current_area_code,
        s.sender_regency, s.recency,
        coalesce(p.beneficiary_id, concat(e.submission_id, ' ', e.source_record_id)) as person_key
    from stated as e
    left join {{ ref('person_records') }} as p
        on p.submission_id = e.submission_id and p.source_record_id = e.source_record_id
    left join ({{ submission_order() }}) as s
        on s.submission_id = e.submission_id
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
    happened_on,
    quantity,
    unit_code,
    happened_on as valid_from,
    happened_on as valid_to,
    area_code,
    area_level,
    area_method,
    current_area_code,
    (
        happened_on is not null
        and recency > min(recency) over (
            partition by program, sender_regency, person_key, service_code, happened_on
        )
    )
    or row_number() over (
        partition by submission_id, person_key, service_code, happened_on, quantity, unit_code, provider_name
        order by source_row, source_record_id, event_no, statement_no
    ) > 1 as is_repeat
from linked
