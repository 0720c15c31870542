{{ config(unique_key=record_key('memberships')) }}

-- Only the pupil is listed in the card by the file itself.
with people as (
    select * from {{ ref('stg_dapodik__persons') }}
)

select
    program,
    submission_id,
    source_row,
    source_record_id,
    'family_card' as group_kind,
    family_card_number as group_number,
    cast(null as varchar) as relationship_code,
    observed_on
from people
where role = 'siswa' and family_card_number is not null
