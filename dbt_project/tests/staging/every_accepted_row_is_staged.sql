{#
  Nothing is lost between submissions and staging: every accepted row of every serving submission
  reaches a record of its program, or stg_<program>__unused_rows with a reason. A program that is
  added is covered by itself.
#}
{%- set by_program = {} -%}
{%- for name in env_var('LUMBUNG_STAGING_MODELS', '').split(',') | sort if name -%}
  {%- do by_program.setdefault(name[4:].rsplit('__', 1)[0], []).append(name) -%}
{%- endfor -%}
with sent as (
    {%- for program in by_program %}
    select '{{ program }}' as program, submission_id, source_row from ({{ submitted(program) }}) as s
    {{ 'union all' if not loop.last }}
    {%- else %}
    select cast(null as varchar) as program, cast(null as varchar) as submission_id, cast(null as bigint) as source_row where false
    {%- endfor %}
),

staged as (
    {%- for program, names in by_program.items() %}{%- set outer = loop %}
    {%- for name in names %}
    select '{{ program }}' as program, submission_id, source_row from {{ ref(name) }}
    {{ 'union all' if not (loop.last and outer.last) }}
    {%- endfor %}
    {%- else %}
    select cast(null as varchar) as program, cast(null as varchar) as submission_id, cast(null as bigint) as source_row where false
    {%- endfor %}
)

select 'not staged' as problem, s.program, s.submission_id, s.source_row
from sent as s
left join staged as t
    on t.program = s.program and t.submission_id = s.submission_id and t.source_row = s.source_row
where t.source_row is null
union all
select distinct 'never accepted', t.program, t.submission_id, t.source_row
from staged as t
left join sent as s
    on t.program = s.program and t.submission_id = s.submission_id and t.source_row = s.source_row
where s.source_row is null
