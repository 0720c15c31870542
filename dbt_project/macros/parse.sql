{#
  Reading what senders wrote: texts, names, numbers, dates. Each macro takes a SQL expression of a
  text and yields a SQL expression; what cannot be read is NULL, never a guess, and the text itself
  stays in the submission. Patterns hold no backslashes (see dialect.sql).
#}

{# As sent, trimmed only (NIK, KK, card and account numbers: judging them is identity's work). #}
{% macro as_sent(text) %}nullif(trim({{ text }}), ''){% endmacro %}

{# A text with its white space put right; NULL where the sender wrote that there is none. #}
{% macro parse_text(text) -%}
  {{ let('t', "nullif(ltrim(" ~ one_spaced(text) ~ ", ''''), '')",
    "case when " ~ matches("lower(t)", missing_pattern()) ~ " then null else t end") }}
{%- endmacro %}

{# A person's name as sent, in one-spaced text; NULL where no name is given. #}
{% macro parse_name(text) -%}
  {{ let('t', "nullif(trim(ltrim(" ~ one_spaced(text) ~ ", '''')), '')",
    "case when " ~ matches("lower(t)", missing_pattern()) ~ " or not " ~ matches("lower(t)", ".*[^-0-9 .,:;/_?!#*()+=]+.*") ~ " then null else t end") }}
{%- endmacro %}

{# Marks for "nothing here", in lower case. A dash, dots, zeros in a name: see parse_name. #}
{% macro missing_pattern() -%}
  [-_.?/*# ]+|[(<]?(?:null|blank|none|nan|nat|na|n/a)[)>]?|#(?:n/a|ref!|value!|name[?]|div/0!|null!|num!)|nihil|kosong|(?:tidak|tdk|belum) (?:ada|diketahui|tahu|diisi)|unknown
{%- endmacro %}

{# An RT or RW number without leading zeros ('003', '3.0', 'RT 03' -> '3'); 0 means unknown. #}
{% macro parse_block_number(text) -%}
  {{ let('t', part("lower(" ~ one_spaced(text) ~ ")", "^''?(?:r[tw][ ./:]*)?0*([1-9][0-9]{0,3})(?:[.,]0+)?$"),
    "nullif(t, '')") }}
{%- endmacro %}

{# A telephone number as sent; NULL where there are not enough digits for one. #}
{% macro parse_phone(text) -%}
  {{ let('t', one_spaced(text),
    "case when length(" ~ replace_every("t", "[^0-9]", "") ~ ") >= 6 and " ~ matches(replace_every("t", "[^0-9]", ""), "0*") ~ " is not true then t end") }}
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
  {{ let('n', parse_number(text), "case when n = floor(n) and abs(n) < 1e15 then cast(n as bigint) end") }}
{%- endmacro %}

{# The text of a number as SQL reads it: sign, digits, one point. NULL where it is no number. #}
{% macro plain_number(text, single_group) -%}
  {%- set bare = replace_every(
        part("lower(translate(" ~ one_spaced(text) ~ ", '\u2212\u2013', '--'))", "^''?(?:(?:rp|idr)[.]?)?(.*?)(?:kg|gram|gr|g|cm|km|m|%|rupiah|,-+)?$"),
        "^ +| +$", "") -%}
  {%- set unsigned = replace_every("t", "^[(+-] ?|[)]$", "") -%}
  {%- set sign = "case when " ~ matches("t", "-.*|[(].*[)]") ~ " then '-' else '' end" -%}
  {%- set marks = ".,:" if single_group == 'decimal' else ".," -%}
  {%- set one_mark = "[0-9]+[" ~ marks ~ "][0-9]*|[" ~ marks ~ "][0-9]+" -%}
  {%- set body -%}
    case
      when t is null or {{ matches("t", "[(][^)]*|[^(]*[)]") }} then null
      when {{ matches("u", "[0-9]+") }} then s || u
      when {{ matches("u", "[0-9]+(?:[.,][0-9]+)?e[+-]?[0-9]{1,2}") }} then s || replace(u, ',', '.')
      {% if single_group == 'thousand' -%}
      when {{ matches("u", "[1-9][0-9]{0,2}[.][0-9]{3}|[1-9][0-9]{0,2},[0-9]{3}") }} then s || {{ replace_every("u", "[.,]", "") }}
      {% endif -%}
      when {{ matches("u", "[0-9]{1,3}(?:[.][0-9]{3}){2,}|[0-9]{1,3}(?:,[0-9]{3}){2,}|[0-9]{1,3}(?: [0-9]{3})+") }} then s || {{ replace_every("u", "[ .,]", "") }}
      when {{ matches("u", "[0-9]{1,3}(?:[.][0-9]{3})+,[0-9]+|[0-9]{1,3}(?: [0-9]{3})+,[0-9]+") }} then s || replace({{ replace_every("u", "[ .]", "") }}, ',', '.')
      when {{ matches("u", "[0-9]{1,3}(?:,[0-9]{3})+[.][0-9]+|[0-9]{1,3}(?: [0-9]{3})+[.][0-9]+") }} then s || {{ replace_every("u", "[ ,]", "") }}
      when {{ matches("u", one_mark) }} then s || {{ replace_every("u", "[" ~ marks ~ "]", ".") }}
    end
  {%- endset -%}
  {{ let('t', bare, let('s', sign, let('u', unsigned, body))) }}
{%- endmacro %}

{#
  A day: DATE, or NULL where the cell does not name one whole day. Two-digit years are the last
  ones not after `latest` (default: ten years after the end of the submission's period).
#}
{% macro parse_date(text, latest=none, order='dmy') -%}
  {{ let('found', read_day(text, latest or months_later('period_to', 120), order),
    "case when found.precise_to = 'day' then found.day_on end") }}
{%- endmacro %}

{#
  A birth, as a record (day_on DATE, precise_to, place):
    precise_to 'day'    the day is known
    precise_to 'month'  day_on is the first of the month: the day is not known
    precise_to 'year'   day_on is the first of January: neither month nor day is known
  A day that cannot be (31/02/1990) is NULL: nobody knows which of its parts is wrong. day_on
  never stands for a day without its precision. Nobody is born after `latest`: a later birth is
  NULL, and a two-digit year is the last one not after it. The default leaves a quarter after the
  period's end, because lists are drawn up after their period.
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
  {%- set rest = part("c", shape, 2) -%}
  {%- set rest = part("lower(" ~ rest ~ ")", "^(.*?)(?:[t ,]+[0-9]{1,2}:[0-9]{2}.*|[.,]0+)?$") -%}
  {%- set dashed = replace_every(rest, "[^0-9a-z]+", "-") -%}
  {%- set word = part("d", "[a-z]+", 0) -%}
  {%- set month_number -%}
    case {% for number, names in months %}when w in ('{{ names.split('|') | join("', '") }}') then '{{ number }}' {% endfor %}end
  {%- endset -%}
  {#- a named month becomes a number, with a mark of its own so that it is never taken for a day -#}
  {%- set numbers -%}
    case when w = '' then d
         when m is null then null
         else {{ replace_every("replace(d, w, '-m' || m || '-')", "-+", "-") }} end
  {%- endset -%}
  {%- set first, second = (2, 1) if order == 'mdy' else (1, 2) -%}
  {%- set short_year_first = "(?:3[2-9]|[4-9][0-9])-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])" -%}
  {%- set y4 = "(?:19|20)[0-9]{2}" -%}
  {#- y, a, b, c: year text, and month and day as the order of the cell has them -#}
  {%- set triple -%}
    case
      when n is null then null
      when {{ matches("n", "-?[0-9]{1,2}-m[0-9]{2}-(?:[0-9]{2}|[0-9]{4})") }} then
        {{ record_of([('y', part("n", "([0-9]+)$")), ('m', part("n", "m([0-9]{2})")), ('d', part("n", "^-?([0-9]{1,2})-"))]) }}
      when {{ matches("n", "-?m[0-9]{2}-[0-9]{1,2}-[0-9]{4}") }} then
        {{ record_of([('y', part("n", "([0-9]+)$")), ('m', part("n", "m([0-9]{2})")), ('d', part("n", "m[0-9]{2}-([0-9]{1,2})-"))]) }}
      when {{ matches("n", "[0-9]{4}-m?[0-9]{1,2}-[0-9]{1,2}") }} then
        {{ record_of([('y', part("n", "^([0-9]{4})")), ('m', part("n", "^[0-9]{4}-m?([0-9]{1,2})")), ('d', part("n", "([0-9]{1,2})$"))]) }}
      when {{ matches("n", short_year_first) }} then
        {{ record_of([('y', part("n", "^([0-9]{2})")), ('m', part("n", "^[0-9]{2}-([0-9]{1,2})")), ('d', part("n", "([0-9]{1,2})$"))]) }}
      when {{ matches("n", "(?:3[2-9]|[4-9][0-9])-[0-9]{1,2}-[0-9]{2}") }} then null
      when {{ matches("n", "[0-9]{1,2}-[0-9]{1,2}-(?:[0-9]{2}|[0-9]{4})") }} then
        {{ record_of([('y', part("n", "([0-9]+)$")),
             ('m', part("n", "^([0-9]{1,2})-([0-9]{1,2})-", second)), ('d', part("n", "^([0-9]{1,2})-([0-9]{1,2})-", first))]) }}
      when {{ matches("n", "-?m[0-9]{2}-[0-9]{4}") }} then
        {{ record_of([('y', part("n", "([0-9]{4})$")), ('m', part("n", "m([0-9]{2})")), ('d', "'0'")]) }}
      when {{ matches("n", "[0-9]{1,2}-[0-9]{4}") }} then
        {{ record_of([('y', part("n", "([0-9]{4})$")), ('m', part("n", "^([0-9]{1,2})")), ('d', "'0'")]) }}
      when {{ matches("n", "[0-9]{4}-m?[0-9]{1,2}-?") }} then
        {{ record_of([('y', part("n", "^([0-9]{4})")), ('m', part("n", "^[0-9]{4}-m?([0-9]{1,2})")), ('d', "'0'")]) }}
      when {{ matches("n", "(?:18|19|20)[0-9]{2}") }} then {{ record_of([('y', "n"), ('m', "'0'"), ('d', "'0'")]) }}
      when {{ matches("n", y4 ~ "(?:0[0-9]|1[0-2])[0-9]{2}") }} then
        {{ record_of([('y', "substr(n, 1, 4)"), ('m', "substr(n, 5, 2)"), ('d', "substr(n, 7, 2)")]) }}
      when {{ matches("n", "[0-9]{2}(?:0[0-9]|1[0-2])" ~ y4) }} then
        {{ record_of([('y', "substr(n, 5, 4)"), ('m', "substr(n, 3, 2)"), ('d', "substr(n, 1, 2)")]) }}
    end
  {%- endset -%}
  {%- set whole -%}
    {{ record_of([('y', "cast(t.y as integer)"), ('is_short', "length(t.y) = 2"), ('m', "cast(t.m as integer)"), ('d', "cast(t.d as integer)")]) }}
  {%- endset -%}
  {#- month and day in the other's place, where only one reading is possible -#}
  {%- set placed -%}
    {{ record_of([('y', "p.y"), ('is_short', "p.is_short"),
         ('m', "case when p.m between 13 and 31 and p.d between 1 and 12 then p.d else p.m end"),
         ('d', "case when p.m between 13 and 31 and p.d between 1 and 12 then p.m else p.d end")]) }}
  {%- endset -%}
  {%- set century -%}
    case when not q.is_short then q.y
         when q.y * 10000 + q.m * 100 + q.d <= (year(l) % 100) * 10000 + month(l) * 100 + day(l) then year(l) - year(l) % 100 + q.y
         else year(l) - year(l) % 100 - 100 + q.y end
  {%- endset -%}
  {%- set day -%}
    case
      when y not between 1800 and 2199 then null
      when q.m between 1 and 12 and q.d between 1 and 31 and {{ day_of('y', 'q.m', 'q.d') }} is not null then
        {{ record_of([('day_on', day_of('y', 'q.m', 'q.d')), ('precise_to', "'day'")]) }}
      when q.m between 1 and 12 and q.d = 0 then
        {{ record_of([('day_on', day_of('y', 'q.m', '1')), ('precise_to', "'month'")]) }}
      when q.m = 0 and q.d = 0 then
        {{ record_of([('day_on', day_of('y', '1', '1')), ('precise_to', "'year'")]) }}
    end
  {%- endset -%}
  {#- the commonest cells are read without looking further -#}
  {%- set plain -%}
    case
      {% if order == 'dmy' -%}
      when {{ matches("c", "[0-9]{2}[/-][0-9]{2}[/-]" ~ y4) }} then {{ cast_or_null("substr(c, 7, 4) || '-' || substr(c, 4, 2) || '-' || substr(c, 1, 2)", "date") }}
      {% endif -%}
      when {{ matches("c", y4 ~ "-[0-9]{2}-[0-9]{2}") }} then {{ cast_or_null("c", "date") }}
    end
  {%- endset -%}
  {%- set read -%}
    case
      when f is not null then {{ record_of([('day_on', "f"), ('precise_to', "'day'")]) }}
      when {{ matches("c", "[1-6][0-9]{4}(?:[.,][0-9]+)?") }} then
        {{ record_of([('day_on', spreadsheet_day("substr(c, 1, 5)")), ('precise_to', "'day'")]) }}
      else {{ let('d', dashed, let('w', word, let('m', month_number, let('n', numbers, let('t', triple,
              let('p', "case when t is not null then " ~ whole ~ " end", let('q', placed, let('y', century, day)))))))) }}
    end
  {%- endset -%}
  {%- set result -%}
    {{ record_of([
         ('day_on', "case when r.day_on <= l then r.day_on end"),
         ('precise_to', "case when r.day_on <= l then r.precise_to end"),
         ('place', "case when r.day_on is not null then nullif(trim(" ~ part("c", shape, 1) ~ "), '') end")]) }}
  {%- endset -%}
  {{ let('c', clean, let('l', latest, let('f', plain, let('r', read, result)))) }}
{%- endmacro %}

{# A calendar year of four digits, or of two (of the hundred years up to the period's); else NULL. #}
{% macro parse_year(text) -%}
  {{ let('y', parse_integer(text),
    "case when y between 1900 and 2199 then cast(y as integer)
          when y between 0 and 99 then cast(y + year(period_to) - year(period_to) % 100
            - case when y > year(period_to) % 100 + 1 then 100 else 0 end as integer) end") }}
{%- endmacro %}
