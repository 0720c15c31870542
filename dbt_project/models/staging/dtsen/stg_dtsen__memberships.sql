{{ config(unique_key=record_key('memberships')) }}

with submitted as (
    {{ submitted('dtsen') }}
)

select
    'dtsen' as program,
    submission_id,
    source_row,
    concat(source_row, ':person') as source_record_id,
    'family_card' as group_kind,
    {{ as_sent('no_kk') }} as group_number,
    cast(null as varchar) as relationship_code,
    period_to as observed_on
from submitted
where {{ as_sent('no_kk') }} is not null
