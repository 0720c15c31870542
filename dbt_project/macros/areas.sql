{#
  Areas: reading the reference files, writing codes and names one way, and the key that joins a
  fact to the area it was sent with. What only DuckDB understands stands behind `dispatch`.
#}

{# A file of data/reference as a relation; CSVs come as text, for a dotted code is never a number. #}
{% macro reference_file(name) %}
  {{- return(adapter.dispatch('reference_file', 'lumbung')(name)) -}}
{% endmacro %}

{% macro default__reference_file(name) %}
  {%- set path = env_var('LUMBUNG_REFERENCE', '../data/reference') ~ '/' ~ name -%}
  {%- if name.endswith('.parquet') -%}
    read_parquet('{{ path | replace("'", "''") }}')
  {%- else -%}
    read_csv('{{ path | replace("'", "''") }}', all_varchar = true, header = true)
  {%- endif -%}
{% endmacro %}

{# Text without accents, in upper case. #}
{% macro plain_upper(text) %}
  {{- return(adapter.dispatch('plain_upper', 'lumbung')(text)) -}}
{% endmacro %}

{% macro default__plain_upper(text) -%}
  upper(strip_accents({{ text }}))
{%- endmacro %}

{# How alike two names are, 0 to 1. #}
{% macro name_similarity(left, right) %}
  {{- return(adapter.dispatch('name_similarity', 'lumbung')(left, right)) -}}
{% endmacro %}

{% macro default__name_similarity(left, right) -%}
  jaro_winkler_similarity({{ left }}, {{ right }})
{%- endmacro %}

{#
  A name as it is compared: upper case, no accents, no KEL./DESA/KEC. in front, usual abbreviations
  written out, roman numerals as arabic ones, and no spaces or punctuation. Kabupaten and Kota
  stay apart (`KABBOGOR`, `KOTABOGOR`). Empty text and `-` are null.
  Both sides of a comparison go through it, so what it takes away makes names less distinct,
  never a false one distinct: whoever compares asks for uniqueness.
#}
{% macro area_name_key(text) -%}
  {%- set abbreviations = [
    ('TJ|TJG|TG', 'TANJUNG'), ('SEI|SEY|SUNGEI', 'SUNGAI'), ('GN|GNG|GUN', 'GUNUNG'), ('KP|KAMP|KPG', 'KAMPUNG'),
    ('TLK', 'TELUK'), ('MNS', 'MEUNASAH'), ('SP|SIMP', 'SIMPANG'), ('KEP', 'KEPULAUAN'), ('KABUPATEN', 'KAB'),
    ('UTR', 'UTARA'), ('SEL|SLT|SLTN', 'SELATAN'), ('TIM|TMR', 'TIMUR'), ('BRT', 'BARAT'), ('TGH|TENG', 'TENGAH'),
    ('I', '1'), ('II', '2'), ('III', '3'), ('IV', '4'), ('V', '5'), ('VI', '6'), ('VII', '7'), ('VIII', '8'),
    ('IX', '9'), ('X', '10'), ('XI', '11'), ('XII', '12'), ('XIII', '13'), ('XIV', '14'), ('XV', '15')
  ] -%}
  {#- A point, a comma or a slash ends a word ("TJ.BARAT"); an apostrophe does not ("BA'U"). -#}
  {%- set ns = namespace(sql="trim(" ~ replace_every(replace_every(plain_upper(text), "[^A-Z0-9 .,/()-]", ""), "[^A-Z0-9]+", " ") ~ ")") -%}
  {%- set ns.sql = replace_every(ns.sql, "^((KELURAHAN|KEL|DESA|DS|KECAMATAN|KEC|DISTRIK|PROVINSI|PROV|PROPINSI) )+", "") -%}
  {%- set ns.sql = replace_every(ns.sql, "^(KABUPATEN|KAB) (ADMINISTRASI|ADM) ", "KAB ") -%}
  {%- set ns.sql = replace_every(ns.sql, "^KOTA (ADMINISTRASI|ADM) ", "KOTA ") -%}
  {%- set ns.sql = replace_every(ns.sql, "^(DI|D I) ", "DAERAH ISTIMEWA ") -%}
  {%- set ns.sql = replace_every(ns.sql, "^(DKI|D K I) ", "DAERAH KHUSUS IBUKOTA ") -%}
  {#- Two blanks between words: so every word has its own on both sides. -#}
  {%- set ns.sql = "('  ' || " ~ replace_every(ns.sql, " ", "  ") ~ " || '  ')" -%}
  {%- for short, long in abbreviations -%}
    {%- set ns.sql = replace_every(ns.sql, " (" ~ short ~ ") ", " " ~ long ~ " ") -%}
  {%- endfor -%}
  nullif({{ replace_every(ns.sql, " +", "") }}, '')
{%- endmacro %}

{#
  Only the digits of a code as sent; null if it holds anything but digits, dots, spaces, dashes.
  A leading apostrophe, a `bps:` in front (the program says it is a BPS code) and the `.0` of a
  code that was read as a number are taken off.
#}
{% macro area_code_digits(text) -%}
  {%- set bare = replace_every("trim(" ~ text ~ ")", "^(bps:)?['']*[ ]*", "") -%}
  case
    when {{ matches(bare, "[0-9]{4,10}[.]0") }} then {{ replace_every(bare, "[.]0$", "") }}
    when {{ matches(bare, "[0-9][0-9. -]*") }} then {{ replace_every(bare, "[^0-9]", "") }}
  end
{%- endmacro %}

{# 2, 4, 6 or 10 digits as a dotted Kemendagri code; any other length is null. #}
{% macro area_code_dotted(digits) -%}
  case length({{ digits }})
    when 2 then {{ digits }}
    when 4 then substr({{ digits }}, 1, 2) || '.' || substr({{ digits }}, 3, 2)
    when 6 then substr({{ digits }}, 1, 2) || '.' || substr({{ digits }}, 3, 2) || '.' || substr({{ digits }}, 5, 2)
    when 10 then substr({{ digits }}, 1, 2) || '.' || substr({{ digits }}, 3, 2) || '.' || substr({{ digits }}, 5, 2)
      || '.' || substr({{ digits }}, 7, 4)
  end
{%- endmacro %}

{# The level of a dotted code: provinsi, kabkota, kecamatan, desa_kelurahan; `00` is the nation. #}
{% macro area_level_of(code) -%}
  case
    when {{ code }} = '00' then 'negara'
    {%- for level, length in area_code_lengths().items() %}
    when length({{ code }}) = {{ length }} then '{{ level }}'
    {%- endfor %}
  end
{%- endmacro %}

{# How long the dotted codes of each level are, from the province down. #}
{% macro area_code_lengths() %}
  {{ return({'provinsi': 2, 'kabkota': 5, 'kecamatan': 8, 'desa_kelurahan': 13}) }}
{% endmacro %}

{# The lengths as a relation (code_length): one row per level, to count a thing in each of its areas. #}
{% macro area_levels() -%}
  {%- for length in area_code_lengths().values() %}
    select {{ length }} as code_length{{ ' union all' if not loop.last }}
  {%- endfor %}
{%- endmacro %}

{# The area directly above a dotted code; null above a province. #}
{% macro area_parent(code) -%}
  {%- set lengths = area_code_lengths().values() | list -%}
  case length({{ code }})
    {%- for length in lengths[1:] %} when {{ length }} then substr({{ code }}, 1, {{ lengths[loop.index0] }}){% endfor %}
  end
{%- endmacro %}

{#
  The areas of which something is told: those in or under a sender's area, and those above it, of
  which a part is told. `areas` has quarter_on and area_code; `told` quarter_on and sender_area_code.
#}
{% macro told_areas(areas, told) %}
    select a.quarter_on, a.area_code
    from (
        select a.quarter_on, a.area_code, substr(a.area_code, 1, l.code_length) as ancestor_code
        from {{ areas }} as a
        inner join ({{ area_levels() }}) as l on length(a.area_code) >= l.code_length
        union all
        select quarter_on, area_code, '00' from {{ areas }}
    ) as a
    inner join {{ told }} as t on t.quarter_on = a.quarter_on and t.sender_area_code = a.ancestor_code
    union
    select t.quarter_on, substr(t.sender_area_code, 1, l.code_length)
    from {{ told }} as t
    inner join ({{ area_levels() }}) as l on length(t.sender_area_code) >= l.code_length
{% endmacro %}

{# The ancestor of a dotted code at a level; null if the code is of a higher level than that. #}
{% macro area_ancestor(code, level) -%}
  {%- set lengths = area_code_lengths() -%}
  case when length({{ code }}) >= {{ lengths[level] }} then substr({{ code }}, 1, {{ lengths[level] }}) end
{%- endmacro %}

{# The key of what was sent about an area: the same four texts, the same key; null differs from ''. #}
{% macro area_key(sender_area_code, sent_area_code, sent_district, sent_village) -%}
  md5(
    {%- for part in [sender_area_code, sent_area_code, sent_district, sent_village] %}
    coalesce('=' || {{ part }}, '-'){{ " || chr(31) ||" if not loop.last }}
    {%- endfor %})
{%- endmacro %}

{# The last day of the month that begins on `first_day`. #}
{% macro last_day_of_month(first_day) -%}
  {{- return(adapter.dispatch('last_day_of_month', 'lumbung')(first_day)) -}}
{%- endmacro %}

{% macro default__last_day_of_month(first_day) -%}
  cast(last_day({{ first_day }}) as date)
{%- endmacro %}
