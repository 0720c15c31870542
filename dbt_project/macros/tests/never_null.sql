{# The columns that are always known; a failure names the columns and counts the rows. #}
{% test never_null(model, columns) %}
{%- for column in columns %}
select '{{ column }}' as column_name, count(*) as rows_count
from {{ model }}
where {{ column }} is null
having count(*) > 0
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endtest %}
