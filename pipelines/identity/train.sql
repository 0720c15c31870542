-- Pairs of rows of one card or one address: of two people, and of one, as far as both is plain.
-- name: households
-- Where no list knows houses, people of one family name in one area stand for them.
WITH houses AS (
    SELECT unique_id, kk AS house FROM _training WHERE kk IS NOT NULL
    UNION ALL
    SELECT unique_id, address FROM _training WHERE address IS NOT NULL
    UNION ALL
    SELECT unique_id, last_sound || '/' || area FROM _training
    WHERE last_sound IS NOT NULL AND area IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM _training WHERE kk IS NOT NULL OR address IS NOT NULL)
),

small AS (
    SELECT house FROM houses GROUP BY house HAVING count(*) BETWEEN 2 AND 15
),

pairs AS (
    SELECT DISTINCT l.unique_id AS a, r.unique_id AS b
    FROM houses AS l JOIN houses AS r ON l.house = r.house AND l.unique_id < r.unique_id
    SEMI JOIN small AS s ON l.house = s.house
)

SELECT
    count(*) FILTER (
        l.first_sound <> r.first_sound AND NOT list_has_any(l.tokens[:1], r.tokens)
        AND NOT list_has_any(r.tokens[:1], l.tokens)
        AND abs(l.birth_year - r.birth_year) > 1
    ) AS kin,
    count(*) FILTER (l.first_sound = r.first_sound AND l.birth_on = r.birth_on) AS same
FROM pairs
JOIN _training AS l ON pairs.a = l.unique_id
JOIN _training AS r ON pairs.b = r.unique_id;
