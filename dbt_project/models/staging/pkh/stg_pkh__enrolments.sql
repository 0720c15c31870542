{{ config(unique_key=record_key('enrolments')) }}

-- The family is on the list for the whole tahap, in its pengurus; the member for its component.
with submitted as (
    {{ submitted('pkh') }}
),

people as (
    select submission_id, source_row, source_record_id, role
    from {{ ref('stg_pkh__persons') }}
)

select
    'pkh' as program,
    s.submission_id,
    s.source_row,
    p.source_record_id,
    '1' as enrolment_no,
    'pkh' as program_code,
    'active' as status_code,
    case when p.role = 'anggota' then {{ decode_pkh_component('s.komponen') }} end as component_code,
    cast(null as varchar) as unit_code,
    cast(null as varchar) as unit_name,
    s.period_from as valid_from,
    s.period_to as valid_to
from submitted as s
inner join people as p
    on p.submission_id = s.submission_id and p.source_row = s.source_row
