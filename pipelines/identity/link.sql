-- name: blocks
-- A key that too many rows share is narrowed, or left out: that bounds the pairs of any list.
CREATE OR REPLACE TEMP TABLE _keys AS
WITH told AS (
    SELECT * FROM ({told}) WHERE wide IS NOT NULL
),

wide AS (
    SELECT block, wide FROM told GROUP BY block, wide HAVING count(*) <= {most}
),

narrow AS (
    SELECT block, narrow FROM told WHERE narrow IS NOT NULL
    GROUP BY block, narrow HAVING count(*) <= {most}
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

-- name: scored
CREATE OR REPLACE TEMP TABLE {target} AS
SELECT
    least(p.unique_id_l, p.unique_id_r) AS a,
    greatest(p.unique_id_l, p.unique_id_r) AS b,
    p.match_weight AS weight,
    p.match_probability AS probability,
    coalesce({unlike}, false) AS unlike
FROM {pairs} AS p
JOIN {evidence} AS l ON p.unique_id_l = l.unique_id
JOIN {evidence} AS r ON p.unique_id_r = r.unique_id;
