-- Every distinct number of {source}.{column}, of which only the length is declared.
CREATE OR REPLACE TEMP TABLE {target} AS
WITH raws AS (
    SELECT DISTINCT {column}::varchar AS raw FROM {source} WHERE {column} IS NOT NULL
),

bared AS (
    SELECT raw, regexp_replace(regexp_replace(upper(raw), '[.,]0+$', ''), '[^A-Z0-9*#]', '', 'g') AS bare FROM raws
),

classed AS (
    SELECT
        raw,
        bare,
        CASE
            WHEN bare IN ('', 'NULL', 'NAN', 'NONE', 'NA', 'UNKNOWN') THEN 'blank'
            WHEN replace(bare, left(bare, 1), '') = '' OR bare IN ('123456789', '1234567890', '12345678') THEN 'placeholder'
            WHEN regexp_matches(bare, '[*#]|XX') THEN 'masked'
            WHEN length(bare) NOT BETWEEN {least} AND {most} THEN 'wrong_length'
            ELSE 'valid'
        END AS class
    FROM bared
)

SELECT
    raw,
    class,
    CASE WHEN class = 'valid' THEN bare END AS number,
    CASE WHEN class = 'valid' THEN bare END AS known_digits,
    CASE WHEN class = 'valid' AND bare <> raw THEN 'separators' END AS repair,
    CASE WHEN class = 'valid' THEN 1.0 ELSE 0.0 END AS confidence,
    NULL::varchar AS area_code,
    NULL::varchar AS sex_code,
    NULL::date AS on_19,
    NULL::date AS on_20
FROM classed;
