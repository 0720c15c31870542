{# Every known value of each column stands in the named column of another table: {column: [relation, field]}. #}
{% test found_in(model, keys) %}
{%- for column, where_to in keys.items() %}
select '{{ column }}' as column_name, count(*) as rows_count
from {{ model }} as m
where m.{{ column }} is not null
    and not exists (select 1 from {{ ref(where_to[0]) }} as r where r.{{ where_to[1] }} = m.{{ column }})
having count(*) > 0
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endtest %}
