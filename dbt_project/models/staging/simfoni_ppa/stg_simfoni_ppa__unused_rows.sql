{{ config(unique_key=record_key('unused_rows')) }}

-- No row of a restricted list is a record of its own: see stg_simfoni_ppa__area_observations.
with submitted as (
    {{ submitted('simfoni_ppa') }}
)

select
    'simfoni_ppa' as program,
    submission_id,
    '' as source_part,
    source_row,
    'counted_only' as reason_code
from submitted
