-- The records of all pages, once each, with the period day and the moment of their last change.
-- Parameters: pages, data, key, cursor, period, zone. A record that came on several pages, because pages
-- moved while they were read, counts once: as it was last changed, and of two such the later page's.
-- Records that one page holds twice are the sender's own and stay.
-- A time with an offset is put on the zone's calendar; one without is on it already.
CREATE OR REPLACE TEMP MACRO day_of(said, zone) AS CASE
    WHEN regexp_matches(said, '[0-9](Z|[+-][0-9]{2}:?[0-9]{2})$') AND length(said) > 10
        THEN (try_cast(said AS TIMESTAMPTZ) AT TIME ZONE zone)::DATE
    ELSE try_cast(left(said, 10) AS DATE)
END;

CREATE OR REPLACE TEMP MACRO plausible(day) AS
    CASE WHEN day BETWEEN DATE '1945-01-01' AND DATE '9998-12-31' THEN day END;

CREATE OR REPLACE TEMP TABLE pulled_records AS
WITH pages AS (
    SELECT
        regexp_extract(filename, '([0-9]+)[.]json$', 1)::BIGINT AS page,
        json AS content
    FROM read_json_objects(
        $pages, format = 'unstructured', filename = true, maximum_object_size = 1073741824
    )
),

records AS (
    SELECT page, unnest(json_extract(content, $data || '[*]')) AS record FROM pages
),

told AS (
    SELECT
        page,
        record::VARCHAR AS record,
        nullif(trim(json_extract_string(record, $cursor)), '') AS changed,
        nullif(trim(json_extract_string(record, $period)), '') AS own_day,
        CASE WHEN $key IS NOT NULL THEN json_extract_string(record, $key) END AS key
    FROM records
),

last_pages AS (
    SELECT
        *,
        first_value(page) OVER (
            PARTITION BY coalesce('k' || key, 'r' || record)
            ORDER BY changed DESC NULLS LAST, page DESC
        ) AS last_page
    FROM told
),

days AS (
    SELECT
        record, changed, page, last_page,
        plausible(day_of(own_day, $zone)) AS own_day,
        plausible(day_of(changed, $zone)) AS changed_on
    FROM last_pages
)

SELECT record, changed, changed_on, coalesce(own_day, changed_on) AS day, page = last_page AS is_kept
FROM days;
