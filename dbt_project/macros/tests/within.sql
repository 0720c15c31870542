{# Every known value lies in its range [least, greatest]; unknown is not judged. #}
{% test within(model, ranges) %}
{%- for column, bounds in ranges.items() %}
select '{{ column }}' as column_name, count(*) as rows_count
from {{ model }}
where false
  {%- if bounds[0] is not none %} or {{ column }} < {{ bounds[0] }}{% endif %}
  {%- if bounds[1] is not none %} or {{ column }} > {{ bounds[1] }}{% endif %}
having count(*) > 0
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endtest %}
