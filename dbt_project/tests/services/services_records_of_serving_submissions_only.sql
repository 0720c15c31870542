-- Only what serves now reaches core: a superseded or rejected submission has no facts.
{% for table in ['grievances', 'referrals', 'responses', 'budget_lines', 'resources'] %}
select '{{ table }}' as table_name, f.submission_id
from {{ ref(table) }} as f
inner join {{ ref('submissions') }} as s on s.submission_id = f.submission_id
where not s.is_serving
{{ 'union all' if not loop.last }}
{%- endfor %}
