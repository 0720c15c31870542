{# Every fact about a person points to a person record of the same submission. #}
{%- set pointers = [] -%}
{%- for record in ['memberships', 'enrolments', 'benefits', 'service_events', 'observations'] -%}
  {%- do pointers.append((record, 'source_record_id')) -%}
{%- endfor -%}
{%- do pointers.append(('benefits', 'for_record_id')) -%}
{%- for record, column in pointers %}
select '{{ record }}' as record, '{{ column }}' as pointer, f.program, f.submission_id, f.source_row
from {{ ref('int_' ~ record) }} as f
left join {{ ref('int_persons') }} as p
    on p.program = f.program and p.submission_id = f.submission_id and p.source_record_id = f.{{ column }}
where p.source_record_id is null and f.{{ column }} is not null
{{ 'union all' if not loop.last }}
{%- endfor %}
