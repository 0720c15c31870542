{{ config(unique_key=['household_id', 'beneficiary_id', 'group_kind', 'valid_from']) }}

select
    household_id, beneficiary_id, group_kind,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to
from {{ source('identity', 'household_memberships') }}
