{# No two rows of a staging model stand for one record, and no record is without its key. #}
{%- set names = env_var('LUMBUNG_STAGING_MODELS', '').split(',') | select | sort -%}
{%- for name in names %}
{%- set key = record_key(name.rsplit('__', 1)[1]) %}
select '{{ name }}' as model, submission_id, min(source_row) as source_row, count(*) as rows_count
from {{ ref(name) }}
group by submission_id, {{ key | reject('equalto', 'submission_id') | join(', ') }}
having count(*) > 1 or {% for column in key %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}
{{ 'union all' if not loop.last }}
{%- else %}
select 1 where false
{%- endfor %}
