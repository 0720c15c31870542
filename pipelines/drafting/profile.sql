-- What shapes the values of each column have: counts alone, no value.
-- drafting_seen(column_name, value, n): each text of each column, and in how many rows it stands.
CREATE OR REPLACE TEMP TABLE drafting_shapes AS
WITH read AS (
    SELECT
        column_name, n, value, clean_text(value) AS text, digits_text(value) AS digits,
        number_class(value) AS class, nik_class(value) AS nik, parse_date_text(value) AS day,
        parse_number_text(value) AS number, parse_amount_text(value) AS amount,
        code_text(value) AS code
    FROM drafting_seen
    WHERE NOT is_blank(value)
),

told AS (
    SELECT
        *,
        regexp_matches(text, '[A-Za-z]') AS has_letters,
        regexp_matches(value, '[-/.]|[A-Za-z]{{3,}}') AND day IS NOT NULL
            AND NOT regexp_full_match(text, '[0-9]+[.,][0-9]+') AS is_date,
        regexp_full_match(text, '[1-6][0-9]{{4}}(?:\.0)?') AND day IS NOT NULL AS is_serial,
        try_cast(regexp_extract(text, '^\s*([0-9]{{1,2}})[-/. ]([0-9]{{1,2}})[-/. ](?:19|20)[0-9]{{2}}', 1) AS INTEGER) AS first_part,
        try_cast(regexp_extract(text, '^\s*([0-9]{{1,2}})[-/. ]([0-9]{{1,2}})[-/. ](?:19|20)[0-9]{{2}}', 2) AS INTEGER) AS second_part
    FROM read
)

SELECT
    column_name,
    sum(n)::BIGINT AS filled,
    count(DISTINCT text) AS distinct_count,
    max(length(text)) AS longest,
    sum(n * length(text)) / sum(n) AS mean_length,
    sum(n) FILTER (WHERE has_letters) / sum(n) AS letters,
    sum(n) FILTER (WHERE contains(text, ' ') AND has_letters) / sum(n) AS several_words,
    sum(n) FILTER (WHERE regexp_matches(text, '[0-9]')) / sum(n) AS any_digit,
    sum(n) FILTER (WHERE digits IS NOT NULL) / sum(n) AS digits,
    sum(n) FILTER (WHERE length(digits) >= 9) / sum(n) AS long_digits,
    sum(n) FILTER (WHERE length(digits) = 10) / sum(n) AS ten_digits,
    sum(n) FILTER (WHERE class IN ('whole', 'zero_end', 'exponent', 'masked', 'short', 'long')
        AND (length(digits) BETWEEN 15 AND 17 OR digits IS NULL)) / sum(n) AS sixteen_digits,
    sum(n) FILTER (WHERE nik = 'whole' AND left(digits, 2) IN
        (SELECT code FROM memory.main.reference_areas WHERE level = 'provinsi')) / sum(n) AS niks,
    sum(n) FILTER (WHERE is_date) / sum(n) AS dates,
    sum(n) FILTER (WHERE is_serial) / sum(n) AS serials,
    sum(n) FILTER (WHERE first_part > 12) AS day_first,
    sum(n) FILTER (WHERE second_part > 12) AS month_first,
    sum(n) FILTER (WHERE first_part <= 12 AND second_part <= 12 AND first_part <> second_part)
        AS day_or_month,
    min(day) FILTER (WHERE is_date AND day BETWEEN DATE '1990-01-01' AND DATE '2100-01-01') AS first_day,
    max(day) FILTER (WHERE is_date AND day BETWEEN DATE '1990-01-01' AND DATE '2100-01-01') AS last_day,
    median(year(day)) FILTER (WHERE is_date OR is_serial) AS middle_year,
    sum(n) FILTER (WHERE number IS NOT NULL) / sum(n) AS numbers,
    sum(n) FILTER (WHERE amount IS NOT NULL) / sum(n) AS amounts,
    sum(n) FILTER (WHERE upper(text) LIKE 'RP%' OR regexp_matches(text, '^[0-9]{{1,3}}([.,][0-9]{{3}})+([.,][0-9]{{2}})?$'))
        / sum(n) AS money_marks,
    sum(n) FILTER (WHERE number = floor(number)) / sum(n) AS whole_numbers,
    sum(n) FILTER (WHERE number < 0) / sum(n) AS below_zero,
    max(abs(number)) AS largest,
    sum(n) FILTER (WHERE parse_flag_text(value) IS NOT NULL) / sum(n) AS flags,
    sum(n) FILTER (WHERE code IN ('YA', 'TIDAK', 'YES', 'NO', 'TRUE', 'FALSE', 'Y', 'N')) / sum(n)
        AS flag_words,
    sum(n) FILTER (WHERE parse_sex_text(value) IS NOT NULL) / sum(n) AS sexes,
    count(DISTINCT parse_sex_text(value)) AS sexes_count,
    sum(n) FILTER (WHERE payment_status(value) IS NOT NULL) / sum(n) AS pay_words,
    sum(n) FILTER (WHERE parse_month_text(value) IS NOT NULL) / sum(n) AS months,
    sum(n) FILTER (WHERE regexp_full_match(text, '(?:19|20)[0-9]{{2}}(?:\.0)?')) / sum(n) AS years,
    sum(n) FILTER (WHERE area_code_known(value)) / sum(n) AS area_codes,
    sum(n) FILTER (WHERE regexp_full_match(text, '[0-9]{{2}}(?:[. ][0-9]{{2}}){{1,2}}(?:[. ][0-9]{{4}})?')) / sum(n)
        AS dotted,
    mode(length(digits)) AS usual_digits,
    sum(n) FILTER (WHERE area_name_key(value) IN (SELECT name_key FROM memory.main.reference_area_names
        WHERE level = 'provinsi') OR province_known(value)) / sum(n) AS provinces,
    sum(n) FILTER (WHERE area_name_key(value) IN (SELECT name_key FROM memory.main.reference_area_names
        WHERE level = 'kabkota')) / sum(n) AS regencies,
    sum(n) FILTER (WHERE area_name_key(value) IN (SELECT name_key FROM memory.main.reference_area_names
        WHERE level = 'kecamatan')) / sum(n) AS districts,
    sum(n) FILTER (WHERE area_name_key(value) IN (SELECT name_key FROM memory.main.reference_area_names
        WHERE level = 'desa_kelurahan')) / sum(n) AS villages,
    sum(n) FILTER (WHERE regexp_full_match(regexp_replace(text, '[ .-]', '', 'g'), '(?:\+?62|0)[0-9]{{8,12}}')) / sum(n)
        AS phones,
    sum(n) FILTER (WHERE contains(text, '@')) / sum(n) AS at_signs,
    sum(n) FILTER (WHERE regexp_full_match(text, '[0-9]{{2,3}}/[0-9]{{2,3}}')) / sum(n) AS ratios,
    sum(n) FILTER (WHERE text LIKE '[%' OR text LIKE '{{%') / sum(n) AS nested
FROM told
GROUP BY column_name
ORDER BY column_name;
