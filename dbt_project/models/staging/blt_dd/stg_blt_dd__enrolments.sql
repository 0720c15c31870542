{{ config(unique_key=record_key('enrolments')) }}

-- Whoever is to be paid for a month is on the village's list in that month.
with benefits as (
    select * from {{ ref('stg_blt_dd__benefits') }}
)

select
    program,
    submission_id,
    source_row,
    source_record_id,
    '1' as enrolment_no,
    program_code,
    'active' as status_code,
    cast(null as varchar) as component_code,
    cast(null as varchar) as unit_code,
    cast(null as varchar) as unit_name,
    period_from as valid_from,
    period_to as valid_to
from benefits
