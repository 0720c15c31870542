-- No join between staging and core may lose or double a row: as many facts as staged records.
{%- set tables = ['grievances', 'referrals', 'responses', 'budget_lines', 'resources'] %}
{% for table in tables %}
select '{{ table }}' as table_name, core_count, staged_count
from (
    select
        (select count(*) from {{ ref(table) }}) as core_count,
        (select count(*) from {{ ref('int_' ~ table) }}) as staged_count
) as counted
where core_count <> staged_count
{{ 'union all' if not loop.last }}
{%- endfor %}
