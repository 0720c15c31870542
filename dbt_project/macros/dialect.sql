{#
  What engines spell differently, in one place: a new engine adds `<engine>__…` beside `default__…`
  (DuckDB) and no model changes.
  Patterns are written without backslashes ([0-9], [.]), which engines read differently.
#}

{# Whether all of `text` is the pattern. #}
{% macro matches(text, pattern) %}{{ adapter.dispatch('matches', 'lumbung')(text, pattern) }}{% endmacro %}
{% macro default__matches(text, pattern) %}regexp_full_match({{ text }}, '{{ pattern }}'){% endmacro %}

{# The part of `text` that a group of the pattern caught; '' where the pattern is not found. #}
{% macro part(text, pattern, group=1) %}{{ adapter.dispatch('part', 'lumbung')(text, pattern, group) }}{% endmacro %}
{% macro default__part(text, pattern, group) %}regexp_extract({{ text }}, '{{ pattern }}', {{ group }}){% endmacro %}

{# Every occurrence of the pattern replaced; the replacement is plain text. #}
{% macro replace_every(text, pattern, by) %}{{ adapter.dispatch('replace_every', 'lumbung')(text, pattern, by) }}{% endmacro %}
{% macro default__replace_every(text, pattern, by) %}regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}', 'g'){% endmacro %}

{#
  A value worked out once under a name: `body` may use `name` as often as it likes. Names begin
  with `_`, which no sender's column does: a column of the same name would come first.
#}
{% macro let(name, value, body) %}{{ adapter.dispatch('let', 'lumbung')(name, value, body) }}{% endmacro %}
{% macro default__let(name, value, body) %}list_extract(list_transform([{{ value }}], lambda {{ name }}: {{ body }}), 1){% endmacro %}

{# A value of several named parts; `fields` is a list of (name, expression). #}
{% macro record_of(fields) %}{{ adapter.dispatch('record_of', 'lumbung')(fields) }}{% endmacro %}
{% macro default__record_of(fields) %}struct_pack({% for name, value in fields %}{{ name }} := {{ value }}{{ ', ' if not loop.last }}{% endfor %}){% endmacro %}

{# A cast that gives NULL where it cannot be done. #}
{% macro cast_or_null(value, type) %}{{ adapter.dispatch('cast_or_null', 'lumbung')(value, type) }}{% endmacro %}
{% macro default__cast_or_null(value, type) %}try_cast({{ value }} as {{ type }}){% endmacro %}

{# The calendar day of three whole numbers; NULL where there is no such day. #}
{% macro day_of(year, month, day) %}{{ adapter.dispatch('day_of', 'lumbung')(year, month, day) }}{% endmacro %}
{% macro default__day_of(year, month, day) %}try_cast(printf('%04d-%02d-%02d', {{ year }}, {{ month }}, {{ day }}) as date){% endmacro %}

{# The day that a spreadsheet of the 1900 system means by a number. #}
{% macro spreadsheet_day(number) %}{{ adapter.dispatch('spreadsheet_day', 'lumbung')(number) }}{% endmacro %}
{% macro default__spreadsheet_day(number) %}(date '1899-12-30' + cast({{ number }} as integer)){% endmacro %}

{# Text with every kind of white space (also no-break and zero-width) made one blank, and trimmed. #}
{% macro one_spaced(text) %}{{ adapter.dispatch('one_spaced', 'lumbung')(text) }}{% endmacro %}
{% macro default__one_spaced(text) %}trim(regexp_replace(cast({{ text }} as varchar), '[\s\x{00a0}\x{2000}-\x{200f}\x{202f}\x{2060}\x{feff}]+', ' ', 'g')){% endmacro %}

{# A day some months later (or earlier); the last day of a shorter month where need be. #}
{% macro months_later(day, count) %}{{ adapter.dispatch('months_later', 'lumbung')(day, count) }}{% endmacro %}
{% macro default__months_later(day, count) %}cast({{ day }} + to_months(cast({{ count }} as integer)) as date){% endmacro %}
