{#
  The canonical records: what every staging model of a kind yields, in these columns and types.
  A model named stg_<program>__<record> is picked up by the union of that record by itself:
  `lumbung` lists the staging folder into LUMBUNG_STAGING_MODELS, so a new program touches no file.

  Common to all: one row stands for one thing said by one row of one submission.
    program, submission_id        which export
    source_row                    the row's number in the file as its sender sees it
    source_record_id              the person named in that row: '<source_row>:<role>'

  persons.birth_on is a day only where birth_precision is 'day': with 'month' it is the first of
  that month and with 'year' the first of January, and stands for nothing finer.
  persons.program_number is the program's own number for the person (id_dtsen, id_pengurus, nipd).
  service_events.provider_kind_code is the kind of place or person that served (posyandu,
  mobile_clinic, midwife); its name, provider_name, stays in the vault.
  agency_code, unit_code and activity_code say in closed codes what agency_name, unit_name and
  activity_name say in words, which stay in the vault as all free text does.
  persons.parent_name is a parent whom the sender names without saying which of the two it is.
  A row that says nothing a record could hold goes to stg_<program>__unused_rows with its reason;
  source_part there is '' where the export has one table only, because it is part of the key.
#}
{% macro record_columns(record) %}
  {%- set key = [('program', 'varchar'), ('submission_id', 'varchar'), ('source_row', 'bigint'), ('source_record_id', 'varchar')] -%}
  {%- set kinds = {
    'persons': key + [
      ('role', 'varchar'), ('observed_on', 'date'),
      ('nik', 'varchar'), ('family_card_number', 'varchar'),
      ('full_name', 'varchar'), ('sex_code', 'varchar'),
      ('birth_on', 'date'), ('birth_precision', 'varchar'), ('birth_sent', 'varchar'), ('birth_place', 'varchar'),
      ('father_name', 'varchar'), ('mother_name', 'varchar'), ('parent_name', 'varchar'),
      ('program_number', 'varchar'), ('phone', 'varchar'), ('nisn', 'varchar'), ('welfare_card_number', 'varchar'),
      ('insurance_number', 'varchar'), ('account_number', 'varchar'),
      ('address', 'varchar'), ('rt', 'varchar'), ('rw', 'varchar'),
      ('sent_area_code', 'varchar'), ('sent_district', 'varchar'), ('sent_village', 'varchar'),
      ('is_alive', 'boolean')],
    'memberships': key + [
      ('group_kind', 'varchar'), ('group_number', 'varchar'), ('relationship_code', 'varchar'), ('observed_on', 'date')],
    'enrolments': key + [
      ('enrolment_no', 'varchar'), ('program_code', 'varchar'), ('status_code', 'varchar'), ('component_code', 'varchar'),
      ('unit_code', 'varchar'), ('unit_name', 'varchar'), ('valid_from', 'date'), ('valid_to', 'date')],
    'benefits': key + [
      ('benefit_no', 'varchar'), ('program_code', 'varchar'), ('benefit_type_code', 'varchar'), ('component_code', 'varchar'),
      ('for_record_id', 'varchar'),
      ('period_from', 'date'), ('period_to', 'date'), ('amount_idr', 'decimal(18,2)'), ('quantity', 'double'), ('unit_code', 'varchar'),
      ('status_code', 'varchar'), ('status_sent', 'varchar'), ('paid_on', 'date')],
    'service_events': key + [
      ('event_no', 'varchar'), ('service_code', 'varchar'), ('provider_name', 'varchar'), ('provider_kind_code', 'varchar'), ('happened_on', 'date'), ('quantity', 'double'), ('unit_code', 'varchar')],
    'observations': key + [
      ('indicator_code', 'varchar'), ('observed_on', 'date'), ('value_number', 'double'), ('value_code', 'varchar'), ('value_sent', 'varchar')],
    'referrals': key + [
      ('referral_no', 'varchar'), ('need_code', 'varchar'), ('to_program_code', 'varchar'), ('status_code', 'varchar'), ('referred_on', 'date'), ('status_on', 'date'), ('reason', 'varchar')],
    'grievances': key + [
      ('grievance_no', 'varchar'), ('category_code', 'varchar'), ('agency_name', 'varchar'), ('agency_code', 'varchar'), ('status_code', 'varchar'), ('received_on', 'date'), ('followed_up_on', 'date'), ('closed_on', 'date'),
      ('sent_area_code', 'varchar'), ('sent_district', 'varchar'), ('sent_village', 'varchar')],
    'responses': key + [
      ('response_no', 'varchar'), ('unit_name', 'varchar'), ('unit_code', 'varchar'), ('program_code', 'varchar'), ('answered_on', 'date'), ('question_code', 'varchar'), ('answer_number', 'double')],
    'budget_lines': key + [
      ('line_no', 'varchar'), ('program_code', 'varchar'), ('budget_year', 'integer'), ('month_on', 'date'), ('version_code', 'varchar'), ('fund_code', 'varchar'), ('account_code', 'varchar'), ('agency_code', 'varchar'), ('activity_code', 'varchar'), ('activity_name', 'varchar'), ('ceiling_idr', 'decimal(20,2)'), ('realised_idr', 'decimal(20,2)'),
      ('sent_area_code', 'varchar'), ('sent_district', 'varchar'), ('sent_village', 'varchar')],
    'resources': key + [
      ('resource_no', 'varchar'), ('kind_code', 'varchar'), ('resource_name', 'varchar'), ('quantity', 'double'), ('valid_from', 'date'), ('valid_to', 'date'),
      ('sent_area_code', 'varchar'), ('sent_district', 'varchar'), ('sent_village', 'varchar')],
    'area_observations': key + [
      ('indicator_code', 'varchar'), ('dimension_code', 'varchar'), ('period_from', 'date'), ('period_to', 'date'), ('value_number', 'double'), ('value_sent', 'varchar'), ('missing_reason', 'varchar'),
      ('sent_area_code', 'varchar'), ('sent_district', 'varchar'), ('sent_village', 'varchar')],
    'unused_rows': key[:2] + [('source_part', 'varchar')] + key[2:3] + [('reason_code', 'varchar')]
  } -%}
  {{ return(kinds[record]) }}
{% endmacro %}

{# The staging models of one record kind, by name, in a fixed order. #}
{% macro staging_models(record) %}
  {%- set found = [] -%}
  {%- for name in env_var('LUMBUNG_STAGING_MODELS', '').split(',') -%}
    {%- if name.endswith('__' ~ record) -%}{%- do found.append(name) -%}{%- endif -%}
  {%- endfor -%}
  {{ return(found | sort) }}
{% endmacro %}

{#
  The closed lists of codes. A text of a cell is never a code by itself: what leaves the vault in a
  `_code` column stands in a list, else it becomes `other` here and the text stays in the
  submission. Lists that all programs share are below; a program's own stand in the YAML of its
  staging model, `config: {meta: {codes: {component_code: [sd, smp], unit_code: '[0-9]{1,2}[a-h]?'}}}`:
  a list of codes, or a pattern that all of the text must be (narrow enough that no name and no
  number of a person is one). A column without a list lets nothing through.
#}
{% macro declared_codes(model) %}
  {%- set program, record = model[4:].rsplit('__', 1) -%}
  {%- set shared = {
    'persons': {'sex_code': ['male', 'female']},
    'enrolments': {'program_code': [program], 'status_code': ['active', 'left', 'dropped_out', 'graduated', 'unknown']},
    'benefits': {'program_code': [program], 'status_code': ['paid', 'ordered', 'failed', 'unknown']},
    'responses': {'program_code': [program]}, 'budget_lines': {'program_code': [program]} } -%}
  {%- set codes = {} -%}
  {%- do codes.update(shared.get(record, {})) -%}
  {%- if execute -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name == model -%}
      {%- do codes.update(node.config.get('meta', {}).get('codes', {})) -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return(codes) }}
{% endmacro %}

{# The columns of a record that must be codes of a closed list. #}
{% macro closed_columns(record) %}
  {%- set found = [] -%}
  {%- for column, type in record_columns(record)
        if (column.endswith('_code') and column != 'sent_area_code') or column == 'role' -%}
    {%- do found.append(column) -%}
  {%- endfor -%}
  {{ return(found) }}
{% endmacro %}

{# Whether a known value of `column` is in its closed list. #}
{% macro is_declared_code(column, list) -%}
  {%- if list is string -%}{{ matches(column, list) }}
  {%- elif list -%}{{ column }} in ('{{ list | join("', '") }}')
  {%- else -%}false{%- endif -%}
{%- endmacro %}

{#
  How large a number can be: about a person, with help to one at most 50 million rupiah; of a line of
  a local budget, 100 trillion rupiah; of an area, a milliard. What is larger is somebody's number in
  the wrong column (NIK, family card, telephone, NISN without its leading zeros) and unknown here;
  the cell stays in the submission.
#}
{% macro largest_number(record, column) %}
  {%- set person = {'amount_idr': '5e7', 'quantity': '1e6', 'value_number': '1e6', 'answer_number': '1e6'} -%}
  {%- set limits = {
    'benefits': person, 'service_events': person, 'observations': person, 'responses': person, 'resources': person,
    'budget_lines': {'ceiling_idr': '1e14', 'realised_idr': '1e14'}, 'area_observations': {'value_number': '1e9'} } -%}
  {{ return(limits.get(record, {}).get(column)) }}
{% endmacro %}

{# All staging models of a record, column by column in the canonical types; codes from closed lists. #}
{% macro union_records(record) %}
  {%- set columns = record_columns(record) -%}
  {%- set closed = closed_columns(record) -%}
  {%- set models = staging_models(record) -%}
  {%- for name in models %}
  {%- set codes = declared_codes(name) %}
  select
    {%- for column, type in columns %}
    {%- if column in closed %}
    cast(case when {{ column }} is null or {{ is_declared_code(column, codes.get(column)) }} then {{ column }} else 'other' end as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
    {%- elif largest_number(record, column) %}
    cast(case when abs({{ column }}) <= {{ largest_number(record, column) }} then {{ column }} end as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
    {%- else %}
    cast({{ column }} as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endif %}
    {%- endfor %}
  from {{ ref(name) }}
  {{ 'union all' if not loop.last }}
  {%- endfor %}
  {%- if not models %}
  select {% for column, type in columns %}cast(null as {{ type }}) as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
  where false
  {%- endif %}
{% endmacro %}

{# The grain of a record: what identifies one of them, and the unique_key of its staging models. #}
{% macro record_key(record) %}
  {%- set own = {
    'persons': [], 'memberships': ['group_kind'], 'enrolments': ['enrolment_no'], 'benefits': ['benefit_no'],
    'service_events': ['event_no'], 'observations': ['indicator_code'], 'referrals': ['referral_no'],
    'grievances': ['grievance_no'], 'responses': ['response_no', 'question_code'], 'budget_lines': ['line_no'],
    'resources': ['resource_no'], 'area_observations': ['indicator_code', 'dimension_code'] } -%}
  {%- if record == 'unused_rows' -%}{{ return(['program', 'submission_id', 'source_part', 'source_row']) }}{%- endif -%}
  {{ return(['program', 'submission_id', 'source_record_id'] + own[record]) }}
{% endmacro %}

{#
  The rows of one program that count now: accepted, and of the submission that serves, with
  source_part (the member of the archive the row stands in, NULL for an export of one table; rows
  are numbered anew in each), sender_area_code, period, period_from, period_to. Every column declared in the program's source
  YAML is there: NULL where no submission has ever had it, and no row at all before the first
  submission has come.
#}
{% macro submitted(program) %}
  {%- set relation = source('submissions', program) -%}
  {%- set register = source('quality', 'submissions') -%}
  {%- set state = namespace(there=true, has=none, declared=[]) -%}
  {%- if execute -%}
    {%- for node in graph.sources.values() if node.source_name == 'submissions' and node.name == program -%}
      {%- set state.declared = node.columns.keys() | list -%}
    {%- endfor -%}
    {%- set state.there = load_relation(relation) is not none and load_relation(register) is not none -%}
    {%- if state.there -%}
      {%- set state.has = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- endif -%}
  {%- endif -%}
  {%- if not state.there %}
  select
    cast(null as varchar) as submission_id, cast(null as varchar) as source_part, cast(null as bigint) as source_row,
    {%- for name in state.declared %} cast(null as varchar) as "{{ name }}",{% endfor %}
    cast(null as varchar) as extra_columns, cast(null as varchar) as sender_area_code,
    cast(null as varchar) as period, cast(null as date) as period_from, cast(null as date) as period_to
  where false
  {%- else %}
  select
    r.submission_id, {{ 'r.source_part' if state.has is none or 'source_part' in state.has else 'cast(null as varchar) as source_part' }}, r.source_row,
    {%- for name in state.declared %}
    {{ 'r."' ~ name ~ '"' if state.has is none or name in state.has else 'cast(null as varchar) as "' ~ name ~ '"' }},
    {%- endfor %}
    r.extra_columns, s.area_code as sender_area_code, s.period, s.period_from, s.period_to
  from {{ relation }} as r
  inner join {{ register }} as s on r.submission_id = s.submission_id
  where s.is_serving
  {%- endif %}
{% endmacro %}
