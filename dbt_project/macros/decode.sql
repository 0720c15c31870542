{#
  From senders' words to codes. Each macro takes a SQL expression of a text and yields a code, or
  NULL for what is not known: an unknown word is never the commonest one.
#}

{# A word list to compare with: lower case, letters and digits, single blanks ('LAKI-LAKI' -> 'laki laki'). #}
{% macro plain_words(text) -%}
  trim({{ replace_every("lower(" ~ one_spaced(text) ~ ")", "[^a-z0-9]+", " ") }})
{%- endmacro %}

{# The first of `pairs` (code, list of plain words) that has the text; else `otherwise`. #}
{% macro decode_words(text, pairs, otherwise='null') -%}
  {%- set body -%}
    case {% for code, words in pairs %}when _words in ('{{ words | join("', '") }}') then '{{ code }}' {% endfor %}else {{ otherwise }} end
  {%- endset -%}
  {{ let('_words', plain_words(text), body) }}
{%- endmacro %}

{# male, female or NULL. '1' is male and '2' female, as in the census and in SIAK. #}
{% macro decode_sex(text) -%}
  {{ decode_words(text, [
    ('male', ['l', 'lk', 'lk2', 'laki', 'laki2', 'laki 2', 'laki laki', 'lakilaki', 'lelaki', 'pria', 'm', 'male', '1', '1 0', '01']),
    ('female', ['p', 'pr', 'prp', 'perempuan', 'permpuan', 'wanita', 'w', 'f', 'female', '2', '2 0', '02'])]) }}
{%- endmacro %}

{# yes, no or NULL. A lone 't' is NULL: 'tidak' to one sender is 'true' to another. #}
{% macro decode_flag(text) -%}
  {{ decode_words(text, [
    ('yes', ['ya', 'y', 'iya', 'yes', 'true', 'benar', '1', '1 0']),
    ('no', ['tidak', 'tdk', 'tak', 'bukan', 'no', 'n', 'false', 'salah', '0', '0 0'])]) }}
{%- endmacro %}

{# Benefit status: paid, ordered, failed, or unknown for a blank or a new word. #}
{% macro decode_payment_status(text) -%}
  {{ decode_words(text, [
    ('paid', ['sudah transaksi', 'sudah salur', 'tersalur', 'sudah cair', 'cair', 'sukses', 'berhasil', 'paid']),
    ('ordered', ['si', 'sp2d', 'belum transaksi', 'belum salur', 'belum cair', 'proses', 'ordered']),
    ('failed', ['gagal', 'gagal transaksi', 'gagal salur', 'gagal bayar', 'retur', 'ditolak', 'failed'])], "'unknown'") }}
{%- endmacro %}

{# Component of a PKH family, by the program's own words; `other` for a word that is none of them. #}
{% macro decode_pkh_component(text) -%}
  {{ decode_words(text, [
    ('bumil', ['bumil', 'ibu hamil', 'hamil', 'hamil nifas', 'ibu hamil nifas', 'bumil nifas']),
    ('aud', ['aud', 'anak usia dini', 'usia dini', 'balita', 'anak usia dini 0 6']),
    ('sd', ['sd', 'anak sd', 'sd sederajat', 'sd mi']),
    ('smp', ['smp', 'anak smp', 'smp sederajat', 'smp mts']),
    ('sma', ['sma', 'anak sma', 'sma sederajat', 'sma ma', 'smk', 'sma smk']),
    ('lansia', ['lansia', 'lanjut usia', 'lansia 60']),
    ('disabilitas_berat', ['disabilitas berat', 'disabilitas', 'penyandang disabilitas berat', 'dis berat'])],
    other_if_told(text)) }}
{%- endmacro %}

{# `other` where the cell says something, else NULL. The words themselves stay in the submission. #}
{% macro other_if_told(text) -%}
  case when {{ parse_text(text) }} is not null then 'other' end
{%- endmacro %}

{#
  A pupil's special need, by the letters and words of Dapodik and of the disability categories of
  the other registers; `other` for words that are none of them.
#}
{% macro decode_special_need(text) -%}
  {{ decode_words(text, [
    ('none', ['tidak ada', 'tidak']),
    ('netra_buta', ['a', 'netra', 'netra buta', 'buta', 'tuna netra', 'tunanetra', 'a tuna netra', 'a tunanetra']),
    ('rungu', ['b', 'rungu', 'tuna rungu', 'tunarungu', 'b tuna rungu', 'b tunarungu']),
    ('wicara', ['f', 'wicara', 'tuna wicara', 'tunawicara', 'f tuna wicara', 'f tunawicara']),
    ('rungu_wicara', ['rungu wicara', 'tuna rungu wicara']),
    ('grahita', ['c', 'c1', 'grahita', 'tuna grahita', 'tunagrahita', 'grahita ringan', 'grahita sedang', 'tuna grahita ringan', 'tuna grahita sedang',
      'c grahita ringan', 'c1 grahita sedang', 'c tuna grahita ringan', 'c1 tuna grahita sedang']),
    ('fisik', ['d', 'd1', 'fisik', 'daksa', 'tuna daksa', 'tunadaksa', 'daksa ringan', 'daksa sedang', 'tuna daksa ringan', 'tuna daksa sedang',
      'd daksa ringan', 'd1 daksa sedang', 'd tuna daksa ringan', 'd1 tuna daksa sedang']),
    ('laras', ['e', 'laras', 'tuna laras', 'tunalaras', 'e laras', 'e tuna laras']),
    ('hiperaktif', ['h', 'hiperaktif', 'hyperaktif', 'hyper aktif', 'hiper aktif', 'h hiperaktif', 'h hyperaktif', 'h hyper aktif']),
    ('cerdas_istimewa', ['i', 'cerdas istimewa', 'i cerdas istimewa']),
    ('bakat_istimewa', ['j', 'bakat istimewa', 'j bakat istimewa']),
    ('kesulitan_belajar', ['k', 'kesulitan belajar', 'k kesulitan belajar']),
    ('narkoba', ['n', 'narkoba', 'korban narkoba', 'n narkoba']),
    ('indigo', ['o', 'indigo', 'o indigo']),
    ('down_sindrome', ['p', 'down sindrome', 'down syndrome', 'p down sindrome', 'p down syndrome']),
    ('autis', ['q', 'autis', 'autisme', 'q autis']),
    ('mental_jiwa', ['mental jiwa', 'mental', 'jiwa']),
    ('fisik_mental', ['fisik mental', 'fisik dan mental', 'cacat ganda', 'ganda']),
    ('lainnya', ['lainnya', 'lain', 'lain lain'])],
    other_if_told(text)) }}
{%- endmacro %}

{# A class group as a code: grade and letter ('Kelas 6A' -> '6a', 'VII-B' -> '7b'); NULL for any other name. #}
{% macro class_group_code(text, grade) -%}
  {%- set letter = part(plain_words(text), "^(?:(?:kelas|kls|kl|grade) ?)?(?:[xvi]+|[0-9]{1,2}) ?([a-h])$") -%}
  case when {{ grade }} is not null then concat(cast(cast({{ grade }} as integer) as varchar), {{ letter }}) end
{%- endmacro %}

{# Month of the year, 1 to 12, from a number or a name; NULL for anything else. #}
{% macro decode_month(text) -%}
  {{ cast_or_null(decode_words(text, [
    (1, ['1', '01', '1 0', 'januari', 'january', 'jan']), (2, ['2', '02', '2 0', 'februari', 'pebruari', 'february', 'feb', 'peb']),
    (3, ['3', '03', '3 0', 'maret', 'march', 'mar', 'mrt']), (4, ['4', '04', '4 0', 'april', 'apr']), (5, ['5', '05', '5 0', 'mei', 'may']),
    (6, ['6', '06', '6 0', 'juni', 'june', 'jun']), (7, ['7', '07', '7 0', 'juli', 'july', 'jul']),
    (8, ['8', '08', '8 0', 'agustus', 'august', 'agust', 'agu', 'agt', 'ags', 'aug']), (9, ['9', '09', '9 0', 'september', 'sept', 'sep']),
    (10, ['10', '10 0', 'oktober', 'october', 'okt', 'oct']), (11, ['11', '11 0', 'november', 'nopember', 'nov', 'nop']),
    (12, ['12', '12 0', 'desember', 'december', 'des', 'dec'])]), 'integer') }}
{%- endmacro %}

{# Welfare decile 1 to 10, DOUBLE: '4', '04', '4.0', 'Desil 4'. NULL for a range or a label. #}
{% macro decode_decile(text) -%}
  {{ cast_or_null("nullif(" ~ part(plain_words(text), "^(?:desil )?0?([1-9]|10)(?: 0)?$") ~ ", '')", 'double') }}
{%- endmacro %}

{# What a decile cell says instead of a number; NULL where it says nothing or a number. #}
{% macro decode_decile_label(text) -%}
  {{ decode_words(text, [
    ('6-10', ['6 10', '6 s d 10', 'desil 6 10']),
    ('6-10_being_lowered', ['6 10 dalam proses penurunan', 'desil 6 10 dalam proses penurunan']),
    ('not_assigned', ['belum ada desl', 'belum ada desil', 'belum ada', 'tidak ada desil'])]) }}
{%- endmacro %}

{# Growth category of a child as the posyandu writes it. #}
{% macro decode_growth(text) -%}
  {{ decode_words(text, [
    ('severely_stunted', ['sangat pendek', 'severely stunted']), ('stunted', ['pendek', 'stunted']),
    ('tall', ['tinggi', 'tall']),
    ('severely_underweight', ['sangat kurang', 'berat badan sangat kurang', 'bb sangat kurang']),
    ('underweight', ['kurang', 'berat badan kurang', 'bb kurang']),
    ('risk_of_overweight', ['risiko lebih', 'resiko lebih', 'risiko berat badan lebih', 'resiko berat badan lebih', 'berisiko gizi lebih', 'beresiko gizi lebih', 'risiko gizi lebih', 'resiko gizi lebih']),
    ('severely_wasted', ['gizi buruk']), ('wasted', ['gizi kurang']),
    ('overweight', ['gizi lebih']), ('obese', ['obesitas']),
    ('normal', ['normal', 'berat badan normal', 'bb normal', 'gizi baik', 'gizi baik normal', 'baik']),
    ('outlier', ['outlier'])]) }}
{%- endmacro %}

{# Whether a child gained weight, by the signs of the growth card: N (naik) and T (tidak naik). #}
{% macro decode_weight_gain(text) -%}
  {{ decode_words(text, [
    ('yes', ['n', 'naik', 'y', 'ya']), ('no', ['t', 'tidak', 'tdk', 'tidak naik', 'tdk naik']),
    ('not_weighed_before', ['o', 'tidak ditimbang bulan lalu']), ('first_weighing', ['b', 'baru'])]) }}
{%- endmacro %}

{# Result of a development screening (KPSP). #}
{% macro decode_screening(text) -%}
  {{ decode_words(text, [
    ('as_expected', ['sesuai', 'normal']), ('doubtful', ['meragukan']),
    ('deviating', ['penyimpangan', 'kemungkinan ada penyimpangan', 'menyimpang']),
    ('not_screened', ['tidak', 'tidak dilakukan', 'belum'])]) }}
{%- endmacro %}

{# School grade 1 to 13 from a class group: 'Kelas 6A', 'VII-B', 'X IPA 1', '12 TKJ'; NULL if it cannot be told. #}
{% macro decode_grade(text) -%}
  {%- set roman = ['xiii', 'xii', 'xi', 'x', 'ix', 'viii', 'vii', 'vi', 'v', 'iv', 'iii', 'ii', 'i'] -%}
  {%- set token = part(plain_words(text), "^(?:.*?(?:kelas|kls|kl|grade) ?)?(" ~ roman | join('|') ~ "|1[0-3]|0?[1-9])[a-h]?(?: .*)?$") -%}
  {%- set body -%}
    case {% for r in roman %}when _grade = '{{ r }}' then {{ 13 - loop.index0 }} {% endfor %}else {{ cast_or_null("nullif(_grade, '')", 'integer') }} end
  {%- endset -%}
  {{ let('_grade', token, body) }}
{%- endmacro %}

{# School level of a grade: sd (1-6), smp (7-9), sma (10-13). #}
{% macro level_of_grade(grade) -%}
  case when {{ grade }} between 1 and 6 then 'sd' when {{ grade }} between 7 and 9 then 'smp' when {{ grade }} between 10 and 13 then 'sma' end
{%- endmacro %}

{#
  One of the two parents in a cell `father / mother`: position 1 or 2. NULL where the cell names
  one person only, since it does not say which: see one_parent.
#}
{% macro parent_in_pair(text, position) -%}
  {{ parse_name(part(one_spaced(text), "^([^/|&;+]*)[/|&;+]([^/|&;+]*)$", position)) }}
{%- endmacro %}

{# The person named in a cell for both parents that names one only. #}
{% macro one_parent(text) -%}
  {{ parse_name(part(one_spaced(text), "^[^/|&;+]*$", 0)) }}
{%- endmacro %}
