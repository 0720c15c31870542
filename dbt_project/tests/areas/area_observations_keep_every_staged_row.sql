-- No join between staging and core may lose or double a figure of an area.
select core_count, staged_count
from (
    select
        (select count(*) from {{ ref('area_observations') }}) as core_count,
        (select count(*) from {{ ref('int_area_observations') }}) as staged_count
) as counted
where core_count <> staged_count
