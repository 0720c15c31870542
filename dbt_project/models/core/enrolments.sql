{{ config(unique_key='enrolment_id') }}

-- Repeats: a file believed more (submission_order) of the same program and regency states the
-- same enrolment of the same person, or one file states it twice. Marked, not removed. The unit's
-- name as sent stays in the vault (it may hold any text): only a declared unit code passes.
with stated as (
    select
        e.*,
        row_number() over (
            partition by e.submission_id, e.source_row, e.source_record_id, e.program_code, e.enrolment_no
            order by e.component_code, e.unit_code, e.unit_name, e.valid_from, e.valid_to, e.status_code
        ) as statement_no
    from {{ ref('int_enrolments') }} as e
),

linked as (
    {{ linked_facts('stated') }}
)

select
    {{ fact_id(['submission_id', 'source_row', 'source_record_id', 'program_code', 'enrolment_no', 'statement_no']) }} as enrolment_id,
    program,
    submission_id,
    source_row,
    source_record_id,
    beneficiary_id,
    household_id,
    match_probability,
    program_code,
    coalesce(status_code, 'unknown') as status_code,
    component_code,
    unit_code,
    valid_from,
    valid_to,
    area_code,
    area_level,
    area_method,
    current_area_code,
    recency > min(recency) over (
        partition by program, program_code, sender_regency, person_key, component_code, unit_code,
            unit_name, valid_from, valid_to
    )
    or row_number() over (
        partition by submission_id, program_code, person_key, component_code, unit_code, unit_name,
            valid_from, valid_to, status_code
        order by source_row, source_record_id, enrolment_no, statement_no
    ) > 1 as is_repeat
from linked
