{{ config(unique_key='beneficiary_id') }}

-- Every id ever published, so that whoever kept an old one finds today's.
select
    beneficiary_id,
    current_beneficiary_id,
    state as state_code,
    cast(issue_no as bigint) as issue_no,
    cast(issued_at as timestamp) as issued_at
from {{ source('identity', 'beneficiary_id_history') }}
