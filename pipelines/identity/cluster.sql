-- name: start
CREATE OR REPLACE TEMP TABLE _apart AS
SELECT DISTINCT least(a, b) AS a, greatest(a, b) AS b FROM {apart};

CREATE OR REPLACE TEMP TABLE {target} AS
SELECT unique_id, unique_id AS cluster FROM {evidence};

CREATE OR REPLACE TEMP TABLE _weighed AS
SELECT
    a,
    b,
    CASE
        WHEN weight >= {forced} THEN {forced}
        WHEN unlike THEN greatest(least(weight, {unlike}), -{most})
        ELSE greatest(least(weight, {most}), -{most})
    END AS weight
FROM {edges};

-- A row that is like no other, not even as a rival, stays alone.
CREATE OR REPLACE TEMP TABLE _live AS
SELECT DISTINCT unnest([a, b]) AS unique_id FROM _weighed WHERE weight >= {floor};

-- One row per two clusters that any pair was compared of: the sum of weights and how many.
CREATE OR REPLACE TEMP TABLE _pairs AS
SELECT
    e.a,
    e.b,
    -- In thousandths and whole: a sum must not depend on the order it is taken in.
    round(1000 * e.weight)::bigint AS total,
    1::bigint AS seen,
    1::bigint AS size_a,
    1::bigint AS size_b,
    e.weight >= {forced} AS forced,
    x.a IS NOT NULL AS blocked
FROM _weighed AS e
SEMI JOIN _live AS la ON e.a = la.unique_id
SEMI JOIN _live AS lb ON e.b = lb.unique_id
LEFT JOIN _apart AS x ON e.a = x.a AND e.b = x.b;

-- name: couples
CREATE OR REPLACE TEMP TABLE _ranked AS
WITH counted AS (
    SELECT *, least(size_a * size_b - seen, seen) AS unseen FROM _pairs WHERE NOT blocked
),

scored AS (
    SELECT
        a,
        b,
        size_a,
        size_b,
        forced,
        CASE
            WHEN forced THEN {forced}
            -- Pairs that no key brought together speak against, but no louder than those compared.
            ELSE least(total / 1000 / seen, (total / 1000 + unseen * {unseen}) / (seen + unseen))
        END AS score
    FROM counted
)

SELECT * FROM scored WHERE score >= {floor};

-- The best other of each cluster, and the second best.
CREATE OR REPLACE TEMP TABLE _rivals AS
SELECT side, max(score, 2)[2] AS second
FROM (SELECT a AS side, score FROM _ranked UNION ALL SELECT b AS side, score FROM _ranked)
GROUP BY side;

-- Clear evidence joins; doubtful evidence only where no other comes near, and never two clusters
-- that are both firm: no bridge of doubtful pairs.
CREATE OR REPLACE TEMP TABLE _eligible AS
SELECT r.a, r.b, r.score
FROM _ranked AS r
JOIN _rivals AS ra ON r.a = ra.side
JOIN _rivals AS rb ON r.b = rb.side
WHERE r.score >= {link}
    OR (
        r.score >= {lone}
        AND coalesce(ra.second < r.score - {margin}, true)
        AND coalesce(rb.second < r.score - {margin}, true)
        AND least(r.size_a, r.size_b) <= {firm}
    );

-- A total order over pairs, so that the best pair of all is always a couple.
CREATE OR REPLACE TEMP TABLE _best AS
SELECT side, max({'score': score, 'a': -a, 'b': -b}) AS best
FROM (
    SELECT a AS side, score, a, b FROM _eligible
    UNION ALL
    SELECT b AS side, score, a, b FROM _eligible
)
GROUP BY side;

CREATE OR REPLACE TEMP TABLE _couples AS
SELECT -l.best.a AS a, -l.best.b AS b, l.best.score >= {forced} AS forced
FROM _best AS l JOIN _best AS r ON l.best = r.best AND l.side < r.side;

-- name: join
CREATE OR REPLACE TEMP TABLE _refused AS
SELECT DISTINCT c.a, c.b
FROM _couples AS c
JOIN {target} AS ml ON c.a = ml.cluster
JOIN {target} AS mr ON c.b = mr.cluster
JOIN {evidence} AS l ON ml.unique_id = l.unique_id
JOIN {evidence} AS r ON mr.unique_id = r.unique_id
LEFT JOIN _apart AS x
    ON least(l.unique_id, r.unique_id) = x.a AND greatest(l.unique_id, r.unique_id) = x.b
WHERE
    x.a IS NOT NULL
    OR (
        NOT c.forced
        AND (
            coalesce({conflict}, false)
            OR (coalesce(list_has_any(l.slots, r.slots), false) AND NOT coalesce({same}, false))
        )
    );

UPDATE _pairs SET blocked = true FROM _refused AS f WHERE _pairs.a = f.a AND _pairs.b = f.b;

CREATE OR REPLACE TEMP TABLE _moves AS
SELECT c.b AS old, c.a AS new FROM _couples AS c
ANTI JOIN _refused AS f ON c.a = f.a AND c.b = f.b;

UPDATE {target} SET cluster = m.new FROM _moves AS m WHERE {target}.cluster = m.old;

CREATE OR REPLACE TEMP TABLE _touched AS
SELECT unnest([old, new]) AS cluster, new FROM _moves;

CREATE OR REPLACE TEMP TABLE _sizes AS
SELECT cluster, count(*) AS size FROM {target} SEMI JOIN _touched USING (cluster) GROUP BY cluster;

CREATE OR REPLACE TEMP TABLE _moved AS
SELECT
    least(ma, mb) AS a,
    greatest(ma, mb) AS b,
    sum(total)::bigint AS total,
    sum(seen)::bigint AS seen,
    bool_or(forced) AS forced,
    bool_or(blocked) AS blocked,
    max(CASE WHEN ma <= mb THEN size_a ELSE size_b END) AS size_a,
    max(CASE WHEN ma <= mb THEN size_b ELSE size_a END) AS size_b
FROM (
    SELECT coalesce(ta.new, p.a) AS ma, coalesce(tb.new, p.b) AS mb, p.*
    FROM _pairs AS p
    LEFT JOIN _touched AS ta ON p.a = ta.cluster
    LEFT JOIN _touched AS tb ON p.b = tb.cluster
    WHERE ta.cluster IS NOT NULL OR tb.cluster IS NOT NULL
)
WHERE ma <> mb
GROUP BY 1, 2;

CREATE OR REPLACE TEMP TABLE _pairs AS
SELECT a, b, total, seen, size_a, size_b, forced, blocked
FROM _pairs
ANTI JOIN _touched AS ta ON _pairs.a = ta.cluster
ANTI JOIN _touched AS tb ON _pairs.b = tb.cluster
UNION ALL
SELECT m.a, m.b, m.total, m.seen, coalesce(sa.size, m.size_a), coalesce(sb.size, m.size_b), m.forced, m.blocked
FROM _moved AS m
LEFT JOIN _sizes AS sa ON m.a = sa.cluster
LEFT JOIN _sizes AS sb ON m.b = sb.cluster;
