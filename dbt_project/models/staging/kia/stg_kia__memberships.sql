{{ config(unique_key=record_key('memberships')) }}

with people as (
    select * from {{ ref('stg_kia__persons') }}
)

select
    'kia' as program,
    submission_id,
    source_row,
    source_record_id,
    'family_card' as group_kind,
    family_card_number as group_number,
    cast(null as varchar) as relationship_code,
    observed_on
from people
where family_card_number is not null
