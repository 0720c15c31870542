{{ config(unique_key=record_key('memberships')) }}

-- The census counts those who live and eat together; its id_keluarga is no family card.
with submitted as (
    {{ submitted('regsosek') }}
)

select
    'regsosek' as program,
    submission_id,
    source_row,
    concat(source_row, ':individu') as source_record_id,
    'dwelling' as group_kind,
    {{ as_sent('id_keluarga') }} as group_number,
    cast(null as varchar) as relationship_code,
    period_to as observed_on
from submitted
where {{ parse_text('id_keluarga') }} is not null
