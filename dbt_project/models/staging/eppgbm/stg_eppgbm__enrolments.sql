{{ config(unique_key=record_key('enrolments')) }}

with submitted as (
    {{ submitted('eppgbm') }}
)

select
    'eppgbm' as program,
    submission_id,
    source_row,
    concat(source_row, ':anak') as source_record_id,
    '1' as enrolment_no,
    'eppgbm' as program_code,
    'active' as status_code,
    cast(null as varchar) as component_code,
    cast(null as varchar) as unit_code,
    {{ parse_text('posyandu') }} as unit_name,
    period_from as valid_from,
    period_to as valid_to
from submitted
