{#
  Seeds by difference, like every other table: a seed that has not changed adds no snapshot and no
  file. dbt empties and fills seeds at every run; these two macros put its rows beside the table
  and touch only what differs. Other columns or types than before: the table is made anew.
#}
{% macro duckdb__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {%- set types = model['config'].get('column_types', {}) -%}
  {%- set have = adapter.get_columns_in_relation(old_relation) -%}
  {%- set ns = namespace(same=(have | map(attribute='name') | list) == (agate_table.column_names | list)) -%}
  {%- for column in have -%}
    {%- if column.name in types and column.dtype | lower != types[column.name] | lower -%}
      {%- set ns.same = false -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if full_refresh or not ns.same -%}
    {{ adapter.drop_relation(old_relation) }}
    {{ return(create_csv_table(model, agate_table)) }}
  {%- endif -%}
  {{ return('') }}
{% endmacro %}

{% macro duckdb__load_csv_rows(model, agate_table) %}
  {%- set beside = 'seed_' ~ model['alias'] -%}
  {%- set columns = agate_table.column_names -%}
  {%- set same -%}
    {%- for column in columns %} d."{{ column }}" is not distinct from s."{{ column }}"{{ ' and' if not loop.last }}{% endfor -%}
  {%- endset -%}
  {%- set statements = [
    'create or replace temp table ' ~ beside ~ ' as select * from ' ~ this.render() ~ ' limit 0',
    'copy ' ~ beside ~ " from '" ~ adapter.get_seed_file_path(model) ~ "' (format csv, header true, delimiter '"
      ~ config.get('delimiter', ',') ~ "')",
    'delete from ' ~ this.render() ~ ' as d where not exists (select 1 from ' ~ beside ~ ' as s where ' ~ same ~ ')',
    'insert into ' ~ this.render() ~ ' select * from ' ~ beside ~ ' as s where not exists (select 1 from '
      ~ this.render() ~ ' as d where ' ~ same ~ ')',
    'drop table ' ~ beside
  ] -%}
  {%- for statement in statements -%}
    {%- do adapter.add_query(statement, abridge_sql_log=True) -%}
  {%- endfor -%}
  {{ return(statements | join(';\n')) }}
{% endmacro %}
