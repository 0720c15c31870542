{{ config(unique_key='program') }}

select
    program, title_id, title_en, description_id, description_en, owner, sector,
    government_level, cadence_kind, area_level
from {{ source('declared', 'programs') }}
