{#
  Nothing is lost between submissions and staging: every accepted row of every serving submission
  reaches a record of its program, or stg_<program>__unused_rows with a reason. A program that is
  added is covered by itself.
  Rows are numbered anew in each part of an export, so a row is found again in its own part only: a
  record tells it by what follows the number in source_record_id, which is the part's name, or a
  role that the source's `part_of_role` in the staging YAML gives a part.
#}
{%- set by_program = {} -%}
{%- for name in env_var('LUMBUNG_STAGING_MODELS', '').split(',') | sort if name -%}
  {%- do by_program.setdefault(name[4:].rsplit('__', 1)[0], []).append(name) -%}
{%- endfor -%}
{%- set part_of_role = {} -%}
{%- if execute -%}
  {%- for node in graph.sources.values() if node.source_name == 'submissions' -%}
    {%- set told = (node.get('meta') or {}).get('part_of_role') or ((node.get('config') or {}).get('meta') or {}).get('part_of_role') -%}
    {%- if told -%}{%- do part_of_role.update({node.name: told}) -%}{%- endif -%}
  {%- endfor -%}
{%- endif -%}
with sent as (
    {%- for program in by_program %}
    select '{{ program }}' as program, submission_id, source_part, source_row from ({{ submitted(program) }}) as s
    {{ 'union all' if not loop.last }}
    {%- else %}
    select cast(null as varchar) as program, cast(null as varchar) as submission_id, cast(null as varchar) as source_part, cast(null as bigint) as source_row where false
    {%- endfor %}
),

staged as (
    {%- for program, names in by_program.items() %}{%- set outer = loop %}
    {%- for name in names %}
    select
        '{{ program }}' as program, submission_id,
        {%- if name.endswith('__unused_rows') %}
        source_part,
        {%- elif program in part_of_role %}
        case split_part(source_record_id, ':', 2)
            {%- for role, part in part_of_role[program].items() %}
            when '{{ role }}' then '{{ part }}'
            {%- endfor %}
            else split_part(source_record_id, ':', 2)
        end as source_part,
        {%- else %}
        split_part(source_record_id, ':', 2) as source_part,
        {%- endif %}
        source_row
    from {{ ref(name) }}
    {{ 'union all' if not (loop.last and outer.last) }}
    {%- endfor %}
    {%- else %}
    select cast(null as varchar) as program, cast(null as varchar) as submission_id, cast(null as varchar) as source_part, cast(null as bigint) as source_row where false
    {%- endfor %}
),

-- Equal keys alone: an outer join with any other condition compares every row with every row.
with_parts as (
    select distinct program, submission_id from sent where source_part is not null
),

sent_keys as (
    select program, submission_id, coalesce(source_part, '') as source_part, source_row from sent
),

staged_keys as (
    select distinct
        t.program, t.submission_id,
        case when p.program is null then '' else coalesce(t.source_part, '') end as source_part,
        t.source_row
    from staged as t
    left join with_parts as p on p.program = t.program and p.submission_id = t.submission_id
)

select 'not staged' as problem, s.program, s.submission_id, s.source_part, s.source_row
from sent_keys as s
left join staged_keys as t
    on
        t.program = s.program and t.submission_id = s.submission_id
        and t.source_part = s.source_part and t.source_row = s.source_row
where t.source_row is null
union all
select 'never accepted', t.program, t.submission_id, t.source_part, t.source_row
from staged_keys as t
left join sent_keys as s
    on
        s.program = t.program and s.submission_id = t.submission_id
        and s.source_part = t.source_part and s.source_row = t.source_row
where s.source_row is null
