{{ config(unique_key=record_key('memberships')) }}

-- The dead, those who moved away and invalid rows stay in the register for a while with their last
-- card; they are members of that family no more. A status that is not known ends no membership.
with submitted as (
    {{ submitted('dukcapil') }}
)

select
    'dukcapil' as program,
    submission_id,
    source_row,
    concat(source_row, ':penduduk') as source_record_id,
    'family_card' as group_kind,
    {{ as_sent('nomor_kk') }} as group_number,
    {{ decode_family_relationship('shdk') }} as relationship_code,
    period_to as observed_on
from submitted
where {{ as_sent('nomor_kk') }} is not null
    and coalesce({{ decode_resident_status('status') }}, 'resident') not in ('dead', 'moved', 'invalid')
