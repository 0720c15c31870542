-- No text of core or analysis is, as a whole, a number as long as a NIK, a family card or a card.
-- The period of a feed of events is a day (2026-07-15); no other text is one.
{%- set found = [] %}
{%- if execute %}
{%- for node in graph.nodes.values() if node.resource_type == 'model' and node.schema in ('core', 'analysis', 'public')
    and node.config.materialized != 'ephemeral' and node.path.split('/')[0] == node.schema %}
{%- for column in node.columns.values() if column.data_type == 'varchar' %}{% do found.append((node, column.name)) %}{% endfor %}
{%- endfor %}
{%- endif %}
-- depends_on: {{ ref('benefits') }} {{ ref('beneficiaries') }} {{ ref('observations') }} {{ ref('enrolments') }} {{ ref('service_events') }} {{ ref('person_records') }} {{ ref('submissions') }} {{ ref('data_quality_issues') }} {{ ref('households') }} {{ ref('household_members') }}
{%- set tables = ['person_records', 'beneficiaries', 'benefits', 'observations', 'enrolments', 'service_events', 'submissions', 'data_quality_issues', 'households', 'household_members'] %}
select table_name, column_name
from (
    {%- for node, column in found if node.name in tables %}
    select '{{ node.name }}' as table_name, '{{ column }}' as column_name,
        coalesce(max(case when {{ matches(column, "[ \\x27]?[0-9][0-9 .-]{8,18}[0-9]") }} and not {{ matches(column, "[0-9]{2}[.][0-9]{2}[.][0-9]{2}[.][0-9]{4}") }}{% if column == 'period' %} and not {{ matches(column, "[0-9]{4}-[0-9]{2}-[0-9]{2}") }}{% endif %} then 1 end), 0) as is_number
    from {{ node.database }}.{{ node.schema }}.{{ node.alias or node.name }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select '' as table_name, '' as column_name, 0 as is_number
    {%- endfor %}
) as looked
where is_number = 1
