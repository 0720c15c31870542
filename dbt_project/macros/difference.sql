{#
  The incremental strategy `difference`: the target ends with exactly the rows of the query, and
  only rows that differ are touched. DuckLake takes one update or delete per MERGE, so rows that
  are gone are deleted in a statement of their own, in the same transaction.
#}
{% macro get_incremental_difference_sql(args) %}
  {%- set keys = args['unique_key'] -%}
  {%- if not keys -%}
    {{ exceptions.raise_compiler_error("model " ~ model.name ~ " must state its grain as unique_key") }}
  {%- endif -%}
  {%- set keys = [keys] if keys is string else keys -%}
  {{ return(adapter.dispatch('difference_sql', 'lumbung')(args['target_relation'], args['temp_relation'], keys, args['dest_columns'])) }}
{% endmacro %}

{% macro default__difference_sql(target, source, keys, columns) %}
  {%- set names = columns | map(attribute='name') | list -%}
  {%- set on = [] -%}
  {%- for key in keys -%}{%- do on.append('d."' ~ key ~ '" = s."' ~ key ~ '"') -%}{%- endfor -%}
  {%- set on = on | join(' and ') -%}
  {%- set values = names | reject('in', keys) | list -%}
  merge into {{ target }} as d
  using {{ source }} as s
  on ({{ on }})
  {% if values -%}
  when matched and (
    {%- for name in values %} d."{{ name }}" is distinct from s."{{ name }}"{{ ' or' if not loop.last }}{% endfor -%}
  ) then update set {% for name in values %}"{{ name }}" = s."{{ name }}"{{ ', ' if not loop.last }}{% endfor %}
  {%- endif %}
  when not matched then insert ({% for name in names %}"{{ name }}"{{ ', ' if not loop.last }}{% endfor %})
    values ({% for name in names %}s."{{ name }}"{{ ', ' if not loop.last }}{% endfor %});

  delete from {{ target }} as d
  where not exists (select 1 from {{ source }} as s where {{ on }});
{% endmacro %}
