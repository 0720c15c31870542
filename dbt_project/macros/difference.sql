{#
  The incremental strategy `difference`: the target ends with exactly the rows of the query, and
  only rows that differ are touched. DuckLake takes one update or delete per MERGE, so rows that
  are gone are deleted in a statement of their own, in the same transaction.

  A new column is added to the table (`on_schema_change: append_new_columns`, which dbt demands of
  models with contracts). Where a column is gone or its type is another, the table is made anew in
  the same transaction: a column that is gone must not stay with old values, and a MERGE of doubles
  into integers would round them and find them different for ever. Earlier snapshots keep the table
  as it was.
#}
{% macro get_incremental_difference_sql(args) %}
  {%- set keys = args['unique_key'] -%}
  {%- if not keys -%}
    {{ exceptions.raise_compiler_error("model " ~ model.name ~ " must state its grain as unique_key") }}
  {%- endif -%}
  {%- set keys = [keys] if keys is string else keys -%}
  {%- set have = columns_by_name(args['target_relation']) -%}
  {%- set want = columns_by_name(args['temp_relation']) -%}
  {%- if have != want -%}
    {%- do log('Columns of ' ~ args['target_relation'] ~ ' changed: made anew', info=true) -%}
    {{ return(adapter.dispatch('replace_sql', 'lumbung')(args['target_relation'], args['temp_relation'])) }}
  {%- endif -%}
  {%- set names = '"' ~ keys | join('", "') ~ '"' -%}
  {%- if run_query('select 1 from ' ~ args['target_relation'] ~ ' group by ' ~ names ~ ' having count(*) > 1 limit 1') | length -%}
    {%- do log('Keys of ' ~ args['target_relation'] ~ ' stand twice: made anew', info=true) -%}
    {{ return(adapter.dispatch('replace_sql', 'lumbung')(args['target_relation'], args['temp_relation'])) }}
  {%- endif -%}
  {{ return(adapter.dispatch('difference_sql', 'lumbung')(args['target_relation'], args['temp_relation'], keys, args['dest_columns'])) }}
{% endmacro %}

{% macro default__difference_sql(target, source, keys, columns) %}
  {%- set names = columns | map(attribute='name') | list -%}
  {%- set on = [] -%}
  {%- for key in keys -%}{%- do on.append('d."' ~ key ~ '" is not distinct from s."' ~ key ~ '"') -%}{%- endfor -%}
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

{# Names and types of a relation's columns; their order does not matter. #}
{% macro columns_by_name(relation) %}
  {%- set found = {} -%}
  {%- for column in adapter.get_columns_in_relation(relation) -%}
    {%- do found.update({column.name: column.data_type}) -%}
  {%- endfor -%}
  {{ return(found) }}
{% endmacro %}

{% macro default__replace_sql(target, source) %}
  drop table {{ target }};
  {{ create_table_as(False, target, 'select * from ' ~ source) }}
{% endmacro %}

{#
  Post-hook of a table that grows with time: its files are kept apart by `by` (year(month_on)), so that
  what a run changes in one year touches no file of another. Said once, when the table is made: a hook
  that says it again would add a snapshot.
#}
{% macro partitioned_by(by) %}
  {%- if execute and not is_incremental() -%}{{ adapter.dispatch('partitioned_by', 'lumbung')(by) }}{%- endif -%}
{% endmacro %}
{% macro default__partitioned_by(by) -%} alter table {{ this }} set partitioned by ({{ by }}) {%- endmacro %}
