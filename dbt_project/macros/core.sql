{#
  Small pieces of SQL that the models of core and analysis share. Nothing here reads a table
  except `submission_order`.
#}

{# A deterministic id that is not personal: a hash of where the statement stands. #}
{% macro fact_id(parts) %}
  {{ return(adapter.dispatch('fact_id', 'lumbung')(parts)) }}
{% endmacro %}

{% macro default__fact_id(parts) %}
  md5(concat(
  {%- for part in parts -%}
    coalesce(cast({{ part }} as varchar), ''){{ ", '|', " if not loop.last }}
  {%- endfor -%}
  ))
{% endmacro %}

{#
  Of several values stated about one thing: the most frequent, then the most recently stated,
  then the smallest. Yields one row (entity, value) per entity with any known value.
#}
{% macro most_stated(relation, entity, value, stated_on) %}
  select {{ entity }}, {{ value }}
  from (
    select
      {{ entity }}, {{ value }},
      row_number() over (
        partition by {{ entity }}
        order by count(*) desc, max({{ stated_on }}) desc nulls last, {{ value }}
      ) as choice
    from {{ relation }}
    where {{ entity }} is not null and {{ value }} is not null
    group by {{ entity }}, {{ value }}
  ) as counted
  where choice = 1
{% endmacro %}

{#
  Serving submissions in the order in which they are believed where windows overlap: recency 1
  is the file that speaks of the latest period, then the latest sent, then the greatest id.
  Nothing here depends on the order of arrival. `sender_regency` is the sender's regency, so
  that files of different regencies are never taken for repeats of each other.
#}
{% macro submission_order() %}
  select
    submission_id, period, period_from, period_to, area_code as sender_area_code,
    substr(area_code, 1, 5) as sender_regency,
    row_number() over (
      order by period_to desc nulls last, sent_at desc nulls last, submission_id desc
    ) as recency
  from {{ source('quality', 'submissions') }}
{% endmacro %}

{#
  The day of an event as a file of a period tells it. A day long before the period is not that day:
  it is a birth in the wrong column, and no exact birth date leaves the vault.
#}
{% macro day_near(day, period_from, years=1) -%}
  case when {{ period_from }} is null or {{ day }} >= {{ period_from }} - interval {{ years }} year then {{ day }} end
{%- endmacro %}

{#
  Facts with the person, household and area of their record and the order of their submission.
  `stated` is a relation of facts; `day`, if given, is the column of the event's day, which comes
  back as own_day_on (macro day_near). A fact whose record is linked to nobody is its own person.
#}
{% macro linked_facts(stated, day=none) %}
    select
        f.*,
        {{ day_near('f.' ~ day, 's.period_from') ~ ' as own_day_on,' if day }}
        p.beneficiary_id, p.household_id, p.match_probability,
        p.area_code, p.area_level, p.area_method, p.current_area_code,
        s.period_from, s.period_to, s.sender_regency, s.recency,
        coalesce(p.beneficiary_id, concat(f.submission_id, ' ', f.source_record_id)) as person_key
    from {{ stated }} as f
    left join {{ ref('person_records') }} as p
        on p.submission_id = f.submission_id and p.source_record_id = f.source_record_id
    left join ({{ submission_order() }}) as s
        on s.submission_id = f.submission_id
{% endmacro %}

{# A text column of a table of the barn, NULL where the barn is older than the column. #}
{% macro column_if_there(relation, column) -%}
  {%- set have = adapter.get_columns_in_relation(relation) | map(attribute='name') | list if execute else [column] -%}
  {{ column if column in have else 'cast(null as varchar) as ' ~ column }}
{%- endmacro %}

{# Whole months lived on the last day of a month; exact, for a month has one last day. #}
{% macro months_lived(birth_year, birth_month, on) -%}
  (extract(year from {{ on }}) * 12 + extract(month from {{ on }}) - {{ birth_year }} * 12 - {{ birth_month }})
{%- endmacro %}

{# Quarter of a date as the period text of submissions: 2026Q3. #}
{% macro quarter_name(on) -%}
  concat(cast(extract(year from {{ on }}) as varchar), 'Q', cast(extract(quarter from {{ on }}) as varchar))
{%- endmacro %}

{# First days of the months (or quarters) that a span touches, as a list to be unnested. #}
{% macro span_starts(valid_from, valid_to, unit) %}
  {{ return(adapter.dispatch('span_starts', 'lumbung')(valid_from, valid_to, unit)) }}
{% endmacro %}

{% macro default__span_starts(valid_from, valid_to, unit) -%}
  generate_series(
    cast(date_trunc('{{ unit }}', {{ valid_from }}) as timestamp),
    cast({{ valid_to }} as timestamp),
    interval {{ '3 month' if unit == 'quarter' else '1 month' }}
  )
{%- endmacro %}

{# Lists and structs, each engine in its own words. #}
{% macro unnest_list(list) %}{{ return(adapter.dispatch('unnest_list', 'lumbung')(list)) }}{% endmacro %}
{% macro default__unnest_list(list) -%} unnest({{ list }}) {%- endmacro %}

{% macro list_size(list) %}{{ return(adapter.dispatch('list_size', 'lumbung')(list)) }}{% endmacro %}
{% macro default__list_size(list) -%} len({{ list }}) {%- endmacro %}

{% macro distinct_list(value) %}{{ return(adapter.dispatch('distinct_list', 'lumbung')(value)) }}{% endmacro %}
{% macro default__distinct_list(value) -%} list_sort(array_agg(distinct {{ value }})) {%- endmacro %}

{% macro joined_lists(list) %}{{ return(adapter.dispatch('joined_lists', 'lumbung')(list)) }}{% endmacro %}
{% macro default__joined_lists(list) -%} flatten(array_agg({{ list }})) {%- endmacro %}

{% macro lists_share(left, right) %}{{ return(adapter.dispatch('lists_share', 'lumbung')(left, right)) }}{% endmacro %}
{% macro default__lists_share(left, right) -%} list_has_any({{ left }}, {{ right }}) {%- endmacro %}

{% macro lists_shared_count(left, right) %}{{ return(adapter.dispatch('lists_shared_count', 'lumbung')(left, right)) }}{% endmacro %}
{% macro default__lists_shared_count(left, right) -%} len(list_intersect({{ left }}, {{ right }})) {%- endmacro %}

{% macro list_repeats(list) %}{{ return(adapter.dispatch('list_repeats', 'lumbung')(list)) }}{% endmacro %}
{% macro default__list_repeats(list) -%} len({{ list }}) > len(list_distinct({{ list }})) {%- endmacro %}

{# A struct of columns that sorts by them in order: the evidence of a figure. #}
{% macro struct_of(columns) %}{{ return(adapter.dispatch('struct_of', 'lumbung')(columns)) }}{% endmacro %}
{% macro default__struct_of(columns) -%}
  struct_pack({% for c in columns %}{{ c.split('.')[-1] }} := {{ c }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{# Whether a dotted area code is `ancestor` or below it (`00`, the nation, holds every area); null where either is unknown. #}
{% macro is_area_within(code, ancestor) -%}
  (substr({{ code }}, 1, length({{ ancestor }})) = {{ ancestor }} or ({{ ancestor }} = '00' and {{ code }} is not null))
{%- endmacro %}

{# Known texts joined by a comma; null where there is none. #}
{% macro joined_texts(texts) -%}
  nullif(concat_ws(',', {{ texts | join(', ') }}), '')
{%- endmacro %}

{# Months that a period touches, first and last included; one where it ends before it begins. #}
{% macro months_touched(valid_from, valid_to) -%}
  (greatest(
    (extract(year from {{ valid_to }}) * 12 + extract(month from {{ valid_to }}))
    - (extract(year from {{ valid_from }}) * 12 + extract(month from {{ valid_from }})), 0) + 1)
{%- endmacro %}

{# What the rule `rule` of the seed benefit_values gives for a period; NULL where it cannot be told. #}
{% macro rule_value(rule, valid_from, valid_to, quantity) -%}
  cast({{ rule }}.value_idr * case {{ rule }}.per_code
    when 'month' then {{ months_touched(valid_from, valid_to) }}
    when 'tahap' then {{ months_touched(valid_from, valid_to) }} / 3.0
    when 'year' then 1
    when 'once' then 1
    when 'unit' then {{ quantity }}
  end as decimal(18, 2))
{%- endmacro %}

{# The middle of known values. #}
{% macro median_of(value) %}{{ adapter.dispatch('median_of', 'lumbung')(value) }}{% endmacro %}
{% macro default__median_of(value) -%} median({{ value }}) {%- endmacro %}

{# Distinct known texts of a group in one text, in order; NULL where there is none. #}
{% macro texts_of(value) %}{{ adapter.dispatch('texts_of', 'lumbung')(value) }}{% endmacro %}
{% macro default__texts_of(value) -%} nullif(array_to_string(list_sort(array_agg(distinct {{ value }}) filter ({{ value }} is not null)), ','), '') {%- endmacro %}

{# Whether a comma-joined text of codes holds a code. #}
{% macro holds_code(texts, code) -%}
  (concat(',', {{ texts }}, ',') like concat('%,', {{ code }}, ',%'))
{%- endmacro %}

{# Last day of the quarter that begins on `on`. #}
{% macro last_day_of_quarter(on) -%}
  {{ last_day_of_month(months_later(on, 2)) }}
{%- endmacro %}

{#
  A table of the barn or, where nothing has made it yet or an older version did without one of
  these columns, a relation without rows. `columns` are pairs of name and type.
#}
{% macro if_there(relation, columns) -%}
  {%- set state = namespace(there=true) -%}
  {%- if execute -%}
    {%- set state.there = load_relation(relation) is not none -%}
    {%- if state.there -%}
      {%- set have = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
      {%- for name, type in columns if name not in have -%}{%- set state.there = false -%}{%- endfor -%}
    {%- endif -%}
  {%- endif -%}
  {%- if state.there -%}
  {{ relation }}
  {%- else -%}
  (select {% for name, type in columns %}cast(null as {{ type }}) as {{ name }}{{ ', ' if not loop.last }}{% endfor %} where false)
  {%- endif -%}
{%- endmacro %}

{# Chance of a weight in log2 odds; beyond 40 it no longer tells. #}
{% macro chance_of(weight) -%}
  (1 / (1 + power(2.0, -greatest(least({{ weight }}, 40.0), -40.0))))
{%- endmacro %}

{# Upper (`sign` 1) or lower (-1) end of Wilson's 95 % interval of a share of `n` cases; n need not be whole. #}
{% macro wilson(share, n, sign) -%}
  least(1.0, greatest(0.0,
    ({{ share }} + 1.9208 / {{ n }} + {{ sign }} * 1.96 * sqrt({{ share }} * (1 - {{ share }}) / {{ n }} + 0.9604 / ({{ n }} * {{ n }})))
    / (1 + 3.8416 / {{ n }})))
{%- endmacro %}
