{#
  Reading what senders wrote: texts, names, numbers, dates. Each macro takes a SQL expression of a
  text and yields a SQL expression; what cannot be read is NULL, never a guess, and the text itself
  stays in the submission. Patterns hold no backslashes (see dialect.sql).
#}

{# As sent, trimmed only (NIK, KK, card and account numbers: judging them is identity's work). #}
{% macro as_sent(text) %}nullif(trim({{ text }}), ''){% endmacro %}

{# A text with its white space put right; NULL where the sender wrote that there is none. #}
{% macro parse_text(text) -%}
  {{ let('_t', "nullif(ltrim(" ~ one_spaced(text) ~ ", ''''), '')",
    "case when " ~ matches("lower(_t)", missing_pattern()) ~ " then null else _t end") }}
{%- endmacro %}

{# A person's name as sent, in one-spaced text; NULL where no name is given. #}
{% macro parse_name(text) -%}
  {{ let('_t', "nullif(trim(ltrim(" ~ one_spaced(text) ~ ", '''')), '')",
    "case when " ~ matches("lower(_t)", missing_pattern()) ~ " or not " ~ matches("lower(_t)", ".*[^-0-9 .,:;/_?!#*()+=]+.*") ~ " then null else _t end") }}
{%- endmacro %}

{# Marks for "nothing here", in lower case. A dash, dots, zeros in a name: see parse_name. #}
{% macro missing_pattern() -%}
  [-_.?/*# ]+|[(<]?(?:null|blank|none|nan|nat|na|n/a)[)>]?|#(?:n/a|ref!|value!|name[?]|div/0!|null!|num!)|nihil|kosong|(?:tidak|tdk|belum) (?:ada|diketahui|tahu|diisi)|unknown
{%- endmacro %}

{# An RT or RW number without leading zeros ('003', '3.0', 'RT 03' -> '3'); 0 means unknown. #}
{% macro parse_block_number(text) -%}
  {{ let('_t', part("lower(" ~ one_spaced(text) ~ ")", "^''?(?:r[tw][ ./:]*)?0*([1-9][0-9]{0,3})(?:[.,]0+)?$"),
    "nullif(_t, '')") }}
{%- endmacro %}

{# A telephone number as sent; NULL where there are not enough digits for one. #}
{% macro parse_phone(text) -%}
  {{ let('_t', one_spaced(text),
    "case when length(" ~ replace_every("_t", "[^0-9]", "") ~ ") >= 6 and " ~ matches(replace_every("_t", "[^0-9]", ""), "0*") ~ " is not true then _t end") }}
{%- endmacro %}

{#
  A number of a money cell, DECIMAL(18,2): '1200000', 'Rp 1.200.000,00', '1,200,000', '200.000,-',
  '(1.500)', '1.2e+06'. A single group of three digits is a thousand ('1.200' is 1200).
#}
{% macro parse_amount(text) -%}
  {{ cast_or_null(plain_number(text, single_group='thousand'), 'decimal(18,2)') }}
{%- endmacro %}

{#
  A measured number, DOUBLE: '12.5', '12,5', '-1:25', '1.234,5', '12,5 kg'. A single group of
  three digits after one mark is a decimal ('3.250' is 3.25).
#}
{% macro parse_number(text) -%}
  {{ cast_or_null(plain_number(text, single_group='decimal'), 'double') }}
{%- endmacro %}

{# A whole number: '3', '3.0', '003'; NULL for a broken one. #}
{% macro parse_integer(text) -%}
  {{ let('_n', parse_number(text), "case when _n = floor(_n) and abs(_n) < 1e15 then cast(_n as bigint) end") }}
{%- endmacro %}

{# The text of a number as SQL reads it: sign, digits, one point. NULL where it is no number. #}
{% macro plain_number(text, single_group) -%}
  {%- set bare = replace_every(
        part("lower(translate(" ~ one_spaced(text) ~ ", '\u2212\u2013', '--'))", "^''?(?:(?:rp|idr)[.]?)?(.*?)(?:kg|gram|gr|g|cm|km|m|%|rupiah|,-+)?$"),
        "^ +| +$", "") -%}
  {%- set unsigned = replace_every("_bare", "^[(+-] ?|[)]$", "") -%}
  {%- set sign = "case when " ~ matches("_bare", "-.*|[(].*[)]") ~ " then '-' else '' end" -%}
  {%- set marks = ".,:" if single_group == 'decimal' else ".," -%}
  {%- set one_mark = "[0-9]+[" ~ marks ~ "][0-9]*|[" ~ marks ~ "][0-9]+" -%}
  {%- set body -%}
    case
      when _bare is null or {{ matches("_bare", "[(][^)]*|[^(]*[)]") }} then null
      when {{ matches("_digits", "[0-9]+") }} then _sign || _digits
      when {{ matches("_digits", "[0-9]+(?:[.,][0-9]+)?e[+-]?[0-9]{1,2}") }} then _sign || replace(_digits, ',', '.')
      {% if single_group == 'thousand' -%}
      when {{ matches("_digits", "[1-9][0-9]{0,2}[.][0-9]{3}|[1-9][0-9]{0,2},[0-9]{3}") }} then _sign || {{ replace_every("_digits", "[.,]", "") }}
      {% endif -%}
      when {{ matches("_digits", "[0-9]{1,3}(?:[.][0-9]{3}){2,}|[0-9]{1,3}(?:,[0-9]{3}){2,}|[0-9]{1,3}(?: [0-9]{3})+") }} then _sign || {{ replace_every("_digits", "[ .,]", "") }}
      when {{ matches("_digits", "[0-9]{1,3}(?:[.][0-9]{3})+,[0-9]+|[0-9]{1,3}(?: [0-9]{3})+,[0-9]+") }} then _sign || replace({{ replace_every("_digits", "[ .]", "") }}, ',', '.')
      when {{ matches("_digits", "[0-9]{1,3}(?:,[0-9]{3})+[.][0-9]+|[0-9]{1,3}(?: [0-9]{3})+[.][0-9]+") }} then _sign || {{ replace_every("_digits", "[ ,]", "") }}
      when {{ matches("_digits", one_mark) }} then _sign || {{ replace_every("_digits", "[" ~ marks ~ "]", ".") }}
    end
  {%- endset -%}
  {{ let('_bare', bare, let('_sign', sign, let('_digits', unsigned, body))) }}
{%- endmacro %}

{#
  A day: DATE, or NULL where the cell does not name one whole day. Two-digit years are the last
  ones not after `latest` (default: ten years after the end of the submission's period).
#}
{% macro parse_date(text, latest=none, order='dmy') -%}
  {{ let('_found', read_day(text, latest or months_later('period_to', 120), order),
    "case when _found.precise_to = 'day' then _found.day_on end") }}
{%- endmacro %}

{#
  A birth, as a record (day_on DATE, precise_to, place):
    precise_to 'day'    the day is known
    precise_to 'month'  day_on is the first of the month: the day is not known
    precise_to 'year'   day_on is the first of January: neither month nor day is known. Of a day
                        that cannot be (31/02/1990) only the year stands.
  day_on never stands for a day without its precision. Nobody is born after `latest`: a later
  birth is NULL, and a two-digit year is the last one not after it. The default leaves a quarter
  after the period's end, because lists are drawn up after their period.
  place: the words before the date ('BANTAENG, 31-12-1990').
#}
{% macro parse_birth(text, latest=none, order='dmy') -%}
  {{ read_day(text, latest or months_later('period_to', 3), order) }}
{%- endmacro %}

{% macro read_day(text, latest, order='dmy') -%}
  {%- set months = [
    ('01', 'januari|january|jan'), ('02', 'februari|pebruari|february|feb|peb'), ('03', 'maret|march|mar|mrt'),
    ('04', 'april|apr'), ('05', 'mei|may'), ('06', 'juni|june|jun'), ('07', 'juli|july|jul'),
    ('08', 'agustus|august|agust|agu|agt|ags|aug'), ('09', 'september|sept|sep'),
    ('10', 'oktober|october|okt|oct'), ('11', 'november|nopember|nov|nop'), ('12', 'desember|december|des|dec')] -%}
  {%- set any_month = months | map(attribute=1) | join('|') -%}
  {%- set weekday = "(?i)^(?:(?:senin|selasa|rabu|kamis|jum''?at|sabtu|minggu|ahad|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)[ ,]+)?(?:(?:tgl|tanggal|lahir|tahun|thn|th)[ .:]+)*" -%}
  {#- 'place, 31 Desember 1990' -> place | the rest, which begins with a digit or a month's name -#}
  {%- set shape = "(?i)^([^0-9]*?)[ ,;:/.-]*((?:(?:" ~ any_month ~ ")[ ./,-]*)?[0-9].*)$" -%}
  {%- set clean = replace_every("replace(" ~ one_spaced(text) ~ ", '''', '')", weekday, "") -%}
  {#- numbers read as floats, and the time of day -#}
  {%- set rest = part("_cell", shape, 2) -%}
  {%- set rest = part("lower(" ~ rest ~ ")", "^(.*?)(?:[t ,]+[0-9]{1,2}:[0-9]{2}.*|[.,]0+)?$") -%}
  {%- set dashed = replace_every(rest, "[^0-9a-z]+", "-") -%}
  {%- set word = part("_dashed", "[a-z]+", 0) -%}
  {%- set month_number -%}
    case {% for number, names in months %}when _word in ('{{ names.split('|') | join("', '") }}') then '{{ number }}' {% endfor %}end
  {%- endset -%}
  {#- a named month becomes a number, with a mark of its own so that it is never taken for a day -#}
  {%- set numbers -%}
    case when _word = '' then _dashed
         when _month is null then null
         else {{ replace_every("replace(_dashed, _word, '-m' || _month || '-')", "-+", "-") }} end
  {%- endset -%}
  {%- set first, second = (2, 1) if order == 'mdy' else (1, 2) -%}
  {%- set short_year_first = "(?:3[2-9]|[4-9][0-9])-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])" -%}
  {%- set y4 = "(?:19|20)[0-9]{2}" -%}
  {#- year, month and day as texts -#}
  {%- set triple -%}
    case
      when _numbers is null then null
      when {{ matches("_numbers", "-?[0-9]{1,2}-m[0-9]{2}-(?:[0-9]{2}|[0-9]{4})") }} then
        {{ record_of([('y', part("_numbers", "([0-9]+)$")), ('m', part("_numbers", "m([0-9]{2})")), ('d', part("_numbers", "^-?([0-9]{1,2})-"))]) }}
      when {{ matches("_numbers", "-?m[0-9]{2}-[0-9]{1,2}-[0-9]{4}") }} then
        {{ record_of([('y', part("_numbers", "([0-9]+)$")), ('m', part("_numbers", "m([0-9]{2})")), ('d', part("_numbers", "m[0-9]{2}-([0-9]{1,2})-"))]) }}
      when {{ matches("_numbers", "[0-9]{4}-m?[0-9]{1,2}-[0-9]{1,2}") }} then
        {{ record_of([('y', part("_numbers", "^([0-9]{4})")), ('m', part("_numbers", "^[0-9]{4}-m?([0-9]{1,2})")), ('d', part("_numbers", "([0-9]{1,2})$"))]) }}
      when {{ matches("_numbers", short_year_first) }} then
        {{ record_of([('y', part("_numbers", "^([0-9]{2})")), ('m', part("_numbers", "^[0-9]{2}-([0-9]{1,2})")), ('d', part("_numbers", "([0-9]{1,2})$"))]) }}
      when {{ matches("_numbers", "(?:3[2-9]|[4-9][0-9])-[0-9]{1,2}-[0-9]{2}") }} then null
      when {{ matches("_numbers", "[0-9]{1,2}-[0-9]{1,2}-(?:[0-9]{2}|[0-9]{4})") }} then
        {{ record_of([('y', part("_numbers", "([0-9]+)$")),
             ('m', part("_numbers", "^([0-9]{1,2})-([0-9]{1,2})-", second)), ('d', part("_numbers", "^([0-9]{1,2})-([0-9]{1,2})-", first))]) }}
      when {{ matches("_numbers", "-?m[0-9]{2}-[0-9]{4}") }} then
        {{ record_of([('y', part("_numbers", "([0-9]{4})$")), ('m', part("_numbers", "m([0-9]{2})")), ('d', "'0'")]) }}
      when {{ matches("_numbers", "[0-9]{1,2}-[0-9]{4}") }} then
        {{ record_of([('y', part("_numbers", "([0-9]{4})$")), ('m', part("_numbers", "^([0-9]{1,2})")), ('d', "'0'")]) }}
      when {{ matches("_numbers", "[0-9]{4}-m?[0-9]{1,2}-?") }} then
        {{ record_of([('y', part("_numbers", "^([0-9]{4})")), ('m', part("_numbers", "^[0-9]{4}-m?([0-9]{1,2})")), ('d', "'0'")]) }}
      when {{ matches("_numbers", y4) }} then {{ record_of([('y', "_numbers"), ('m', "'0'"), ('d', "'0'")]) }}
      when {{ matches("_numbers", y4 ~ "(?:0[0-9]|1[0-2])[0-9]{2}") }} then
        {{ record_of([('y', "substr(_numbers, 1, 4)"), ('m', "substr(_numbers, 5, 2)"), ('d', "substr(_numbers, 7, 2)")]) }}
      when {{ matches("_numbers", "[0-9]{2}(?:0[0-9]|1[0-2])" ~ y4) }} then
        {{ record_of([('y', "substr(_numbers, 5, 4)"), ('m', "substr(_numbers, 3, 2)"), ('d', "substr(_numbers, 1, 2)")]) }}
    end
  {%- endset -%}
  {%- set whole -%}
    {{ record_of([('y', "cast(_parts.y as integer)"), ('is_short', "length(_parts.y) = 2"), ('m', "cast(_parts.m as integer)"), ('d', "cast(_parts.d as integer)")]) }}
  {%- endset -%}
  {#- month and day in the other's place, where only one reading is possible -#}
  {%- set placed -%}
    {{ record_of([('y', "_whole.y"), ('is_short', "_whole.is_short"),
         ('m', "case when _whole.m between 13 and 31 and _whole.d between 1 and 12 then _whole.d else _whole.m end"),
         ('d', "case when _whole.m between 13 and 31 and _whole.d between 1 and 12 then _whole.m else _whole.d end")]) }}
  {%- endset -%}
  {%- set century -%}
    case when not _placed.is_short then _placed.y
         when _placed.y * 10000 + _placed.m * 100 + _placed.d <= (year(_latest) % 100) * 10000 + month(_latest) * 100 + day(_latest) then year(_latest) - year(_latest) % 100 + _placed.y
         else year(_latest) - year(_latest) % 100 - 100 + _placed.y end
  {%- endset -%}
  {%- set day -%}
    case
      when _year not between 1900 and 2100 then null
      when _placed.m between 1 and 12 and _placed.d between 1 and 31 and {{ day_of('_year', '_placed.m', '_placed.d') }} is not null then
        {{ record_of([('day_on', day_of('_year', '_placed.m', '_placed.d')), ('precise_to', "'day'")]) }}
      when _placed.m between 1 and 12 and _placed.d = 0 then
        {{ record_of([('day_on', day_of('_year', '_placed.m', '1')), ('precise_to', "'month'")]) }}
      else {{ record_of([('day_on', day_of('_year', '1', '1')), ('precise_to', "'year'")]) }}
    end
  {%- endset -%}
  {#- the commonest cells are read without looking further -#}
  {%- set plain -%}
    case
      {% if order == 'dmy' -%}
      when {{ matches("_cell", "[0-9]{2}[/-][0-9]{2}[/-]" ~ y4) }} then {{ cast_or_null("substr(_cell, 7, 4) || '-' || substr(_cell, 4, 2) || '-' || substr(_cell, 1, 2)", "date") }}
      {% endif -%}
      when {{ matches("_cell", y4 ~ "-[0-9]{2}-[0-9]{2}") }} then {{ cast_or_null("_cell", "date") }}
    end
  {%- endset -%}
  {%- set read -%}
    case
      when _plain is not null then {{ record_of([('day_on', "_plain"), ('precise_to', "'day'")]) }}
      when {{ matches("_cell", "[1-6][0-9]{4}(?:[.,][0-9]+)?") }} then
        {{ record_of([('day_on', spreadsheet_day("substr(_cell, 1, 5)")), ('precise_to', "'day'")]) }}
      else {{ let('_dashed', dashed, let('_word', word, let('_month', month_number, let('_numbers', numbers, let('_parts', triple,
              let('_whole', "case when _parts is not null then " ~ whole ~ " end", let('_placed', placed, let('_year', century, day)))))))) }}
    end
  {%- endset -%}
  {%- set result -%}
    {{ record_of([
         ('day_on', "case when _read.day_on <= _latest then _read.day_on end"),
         ('precise_to', "case when _read.day_on <= _latest then _read.precise_to end"),
         ('place', "case when _read.day_on is not null then nullif(trim(" ~ part("_cell", shape, 1) ~ "), '') end")]) }}
  {%- endset -%}
  {{ let('_cell', clean, let('_latest', latest, let('_plain', plain, let('_read', read, result)))) }}
{%- endmacro %}

{# A calendar year of four digits, or of two (of the hundred years up to the period's); else NULL. #}
{% macro parse_year(text) -%}
  {{ let('_year', parse_integer(text),
    "case when _year between 1900 and 2199 then cast(_year as integer)
          when _year between 0 and 99 then cast(_year + year(period_to) - year(period_to) % 100
            - case when _year > year(period_to) % 100 + 1 then 100 else 0 end as integer) end") }}
{%- endmacro %}
