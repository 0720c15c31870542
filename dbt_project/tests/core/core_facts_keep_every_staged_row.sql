-- No join between staging and core may lose or double a row: as many facts as staged records.
{%- set pairs = [
    ('person_records', 'int_persons'), ('benefits', 'int_benefits'), ('enrolments', 'int_enrolments'),
    ('observations', 'int_observations'), ('service_events', 'int_service_events')
] %}
{% for core, staged in pairs %}
select '{{ core }}' as table_name, core_count, staged_count
from (
    select
        (select count(*) from {{ ref(core) }}) as core_count,
        (select count(*) from {{ ref(staged) }}) as staged_count
) as counted
where core_count <> staged_count
{{ 'union all' if not loop.last }}
{%- endfor %}
