{#
  Restricted lists: those whose source says `config: {meta: {restricted: true}}` in its staging YAML.
  Nobody named in them is a person record, and what is published of them is counts that are not
  small (docs/decisions/0010-restricted-cases-are-counted.md).
#}
{% macro restricted_programs() %}
  {%- set found = [] -%}
  {%- if execute -%}
    {%- for node in graph.sources.values() if node.source_name == 'submissions' -%}
      {%- if (node.get('meta') or {}).get('restricted') or ((node.get('config') or {}).get('meta') or {}).get('restricted') -%}
        {%- do found.append(node.name) -%}
      {%- endif -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return(found | sort) }}
{% endmacro %}

{# Whether a program's list is restricted. #}
{% macro is_restricted(program) -%}
  {%- set names = restricted_programs() -%}
  {%- if names -%}{{ program }} in ('{{ names | join("', '") }}'){%- else -%}false{%- endif -%}
{%- endmacro %}

{# A count that may be shown: of a restricted list NULL where it is small, else to the nearest 5. #}
{% macro shown_count(count, program) -%}
  case
    when not ({{ is_restricted(program) }}) or {{ count }} = 0 then {{ count }}
    when {{ count }} >= {{ var('small_number', 10) }} then cast(round({{ count }} / 5.0) * 5 as bigint)
  end
{%- endmacro %}
