{{ config(unique_key=record_key('unused_rows')) }}

-- A figure without a village is a figure of no area: not of the sender's, of which it is a part.
with submitted as (
    {{ submitted('opendk') }}
)

select
    'opendk' as program,
    submission_id,
    coalesce(source_part, '') as source_part,
    source_row,
    case when {{ parse_text('desa_id') }} is null then 'area_blank' else 'part_unknown' end as reason_code
from submitted
where {{ parse_text('desa_id') }} is null
    or coalesce(source_part, '') not in ('aki_akb', 'imunisasi', 'epidemi', 'putus_sekolah', 'sarana')
