-- name: blocks
-- A key that too many rows share is narrowed, or left out: that bounds the pairs of any list.
CREATE OR REPLACE TEMP TABLE _keys AS
WITH told AS (
    SELECT * FROM ({told}) WHERE wide IS NOT NULL
),

wide AS (
    SELECT block, wide FROM told GROUP BY block, wide
    HAVING count(*) <= {most} AND greatest(count(DISTINCT first_sound), count(DISTINCT birth_year)) <= any_value(most)
),

narrow AS (
    SELECT block, narrow FROM told WHERE narrow IS NOT NULL
    GROUP BY block, narrow
    HAVING count(*) <= {most} AND greatest(count(DISTINCT first_sound), count(DISTINCT birth_year)) <= any_value(most)
)

SELECT t.unique_id, t.block, coalesce(w.wide, n.narrow) AS key
FROM told AS t
LEFT JOIN wide AS w ON t.block = w.block AND t.wide = w.wide
LEFT JOIN narrow AS n ON t.block = n.block AND t.narrow = n.narrow;

CREATE OR REPLACE TABLE {target} AS
SELECT s.*, k.* EXCLUDE (unique_id)
FROM {source} AS s
LEFT JOIN (
    SELECT unique_id, {columns} FROM _keys GROUP BY unique_id
) AS k USING (unique_id);

-- name: macros
-- How far two addresses share words: 0 where less than two are shared, 1 where all are.
CREATE OR REPLACE TEMP MACRO words_alike(one, other) AS
    CASE WHEN len(list_intersect(one, other)) >= 2
        THEN len(list_intersect(one, other)) / greatest(len(one), len(other)) ELSE 0 END;

-- name: scored
-- Strangers and kin are the two ways of not being one person: the weight is against both together.
-- What makes a pair thin or unlike stands as a CASE: of its conditions only those are worked out
-- that the ones before left open.
CREATE OR REPLACE TEMP TABLE {target} AS
WITH weighed AS (
    SELECT p.unique_id_l, p.unique_id_r, p.match_weight AS strangers, {kin} AS kin FROM {pairs} AS p
),

judged AS (
    SELECT
        least(p.unique_id_l, p.unique_id_r) AS a,
        greatest(p.unique_id_l, p.unique_id_r) AS b,
        least(strangers, kin) - log2(1 + pow(2, -least(abs(strangers - kin), 60))) AS odds,
        CASE WHEN {thin} THEN {thin_weight} ELSE 100 END AS most,
        CASE WHEN {unlike} THEN true ELSE false END AS unlike
    FROM weighed AS p
    JOIN {evidence} AS l ON p.unique_id_l = l.unique_id
    JOIN {evidence} AS r ON p.unique_id_r = r.unique_id
)

SELECT
    a,
    b,
    round(least(odds, most), 4) AS weight,
    1 / (1 + pow(2, -least(greatest(weight, -60), 60))) AS probability,
    unlike
FROM judged;
