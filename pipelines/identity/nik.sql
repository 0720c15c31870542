-- Every distinct number of {source}.{column}, read as a NIK (kind 'nik') or a family card (kind 'kk').
-- Both have sixteen digits: six of the district of issue, six of a date, four of a serial that
-- begins at 0001. A woman's NIK carries her day of birth plus forty.
CREATE OR REPLACE TEMP TABLE {target} AS
WITH raws AS (
    SELECT DISTINCT {column} AS raw FROM {source} WHERE {column} IS NOT NULL
),

cleaned AS (
    SELECT
        raw,
        upper(trim(raw, chr(32) || chr(9) || chr(10) || chr(13) || chr(160))) AS sent,
        regexp_replace(upper(trim(raw, chr(32) || chr(9) || chr(10) || chr(13) || chr(160))), '^[''`´’‘"=]+|["'']+$', '', 'g') AS text
    FROM raws
),

floats AS (
    SELECT
        *,
        regexp_full_match(text, '[0-9][.,]?[0-9]*E\+?[0-9]{1,2}') AS is_scientific,
        regexp_full_match(text, '[0-9]{14,18}[.,]0+') AS is_decimal,
        regexp_replace(split_part(text, 'E', 1), '[.,]', '', 'g') AS mantissa,
        try_cast(regexp_extract(text, 'E\+?([0-9]+)$', 1) AS integer) AS exponent
    FROM cleaned
),

digits AS (
    SELECT
        *,
        CASE
            WHEN is_scientific THEN mantissa
            WHEN is_decimal THEN regexp_extract(text, '^([0-9]+)', 1)
            ELSE regexp_replace(text, '[\s.,_/\\\-–—]', '', 'g')
        END AS bare
    FROM floats
),

widened AS (
    SELECT
        *,
        -- Numbers of old Jakarta begin with 09; a spreadsheet drops the zero.
        length(bare) = 15 AND NOT is_scientific
        AND regexp_matches('0' || bare, '{former_areas}') AND right(bare, 4) <> '0000' AS lost_zero
    FROM digits
),

parts AS (
    SELECT
        * EXCLUDE (bare),
        CASE WHEN lost_zero THEN '0' || bare ELSE bare END AS bare,
        try_cast(substr(CASE WHEN lost_zero THEN '0' || bare ELSE bare END, 7, 2) AS integer) AS day_part,
        try_cast(substr(CASE WHEN lost_zero THEN '0' || bare ELSE bare END, 9, 2) AS integer) AS month,
        try_cast(substr(CASE WHEN lost_zero THEN '0' || bare ELSE bare END, 11, 2) AS integer) AS year
    FROM widened
),

dated AS (
    SELECT
        *,
        CASE WHEN '{kind}' = 'nik' AND day_part > 40 THEN day_part - 40 ELSE day_part END AS day,
        substr(bare, 1, 2) || '.' || substr(bare, 3, 2) || '.' || substr(bare, 5, 2) AS area
    FROM parts
),

candidates AS (
    SELECT
        *,
        try_cast(printf('%04d-%02d-%02d', 1900 + year, month, day) AS date) AS on_19,
        try_cast(printf('%04d-%02d-%02d', 2000 + year, month, day) AS date) AS on_20
    FROM dated
),

areas AS (
    SELECT DISTINCT code FROM read_parquet({areas}) WHERE level = 'kecamatan'
),

classed AS (
    SELECT
        c.*,
        a.code IS NOT NULL OR regexp_matches(bare, '{former_areas}') AS area_is_known,
        CASE
            WHEN
                text IN ('', 'NULL', 'NAN', 'NONE', 'N/A', '#N/A', 'NA', 'NIHIL', '?', 'TIDAK ADA', 'BELUM ADA')
                OR regexp_full_match(text, '[-–—._\s]*')
                THEN 'blank'
            WHEN
                regexp_full_match(bare, '[0-9]+')
                AND (
                    replace(bare, left(bare, 1), '') = ''
                    OR bare IN ('1234567890123456', '0123456789012345', '1234567890')
                    OR (length(bare) = 16 AND left(bare, 12) = '000000000000')
                )
                THEN 'placeholder'
            WHEN is_scientific AND exponent <> 15 THEN 'wrong_length'
            -- From 2^53 on a float cannot hold every whole number: the last digit is a guess.
            WHEN is_scientific AND (length(bare) < 16 OR bare > '9007199254740992') THEN 'digits_lost'
            WHEN is_decimal AND length(bare) = 16 AND bare > '9007199254740992' THEN 'digits_lost'
            WHEN regexp_full_match(bare, '[0-9*X•#●]+') AND regexp_matches(bare, '[*X•#●]') THEN 'masked'
            WHEN NOT regexp_full_match(bare, '[0-9]+') THEN 'not_digits'
            WHEN length(bare) <> 16 THEN 'wrong_length'
            WHEN right(bare, 4) = '0000' THEN 'digits_lost'
            WHEN on_19 IS NULL AND on_20 IS NULL THEN 'impossible_date'
            WHEN NOT (a.code IS NOT NULL OR regexp_matches(bare, '{former_areas}')) THEN 'unknown_area'
            ELSE 'valid'
        END AS class
    FROM candidates AS c
    LEFT JOIN areas AS a ON c.area = a.code
),

named AS (
    SELECT
        *,
        CASE
            WHEN is_scientific OR is_decimal THEN 'float'
            WHEN lost_zero THEN 'leading_zero'
            WHEN bare <> text THEN 'separators'
            WHEN text <> raw THEN 'marks'
        END AS made_good,
        class IN ('valid', 'digits_lost') AND length(bare) >= 12
        AND area_is_known AND (on_19 IS NOT NULL OR on_20 IS NOT NULL) AS is_readable
    FROM classed
)

SELECT
    raw,
    class,
    CASE WHEN class = 'valid' THEN bare END AS number,
    -- What is known for certain of a damaged number: never more than fifteen digits.
    CASE
        WHEN class = 'valid' THEN left(bare, 15)
        WHEN class = 'digits_lost' AND is_readable THEN left(bare, 15)
    END AS known_digits,
    CASE WHEN class IN ('valid', 'digits_lost') THEN made_good END AS repair,
    CASE
        WHEN class = 'digits_lost' THEN 0.5
        WHEN class <> 'valid' THEN 0.0
        WHEN made_good = 'leading_zero' THEN 0.9
        WHEN made_good = 'float' THEN 0.95
        ELSE 1.0
    END AS confidence,
    CASE WHEN length(bare) >= 6 AND area_is_known AND class IN ('valid', 'digits_lost') THEN area END AS area_code,
    CASE WHEN is_readable AND '{kind}' = 'nik' THEN CASE WHEN day_part > 40 THEN 'female' ELSE 'male' END END AS sex_code,
    CASE WHEN is_readable THEN on_19 END AS on_19,
    CASE WHEN is_readable THEN on_20 END AS on_20
FROM named
