{# Every known value of each column is one of its list; a failure names the column and counts rows. #}
{% test one_of(model, codes) %}
{%- for column, values in codes.items() %}
select '{{ column }}' as column_name, count(*) as rows_count
from {{ model }}
where {{ column }} not in ('{{ values | join("', '") }}')
having count(*) > 0
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endtest %}
