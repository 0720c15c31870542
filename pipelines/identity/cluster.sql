-- name: start
CREATE OR REPLACE TEMP TABLE _apart AS
SELECT DISTINCT least(a, b) AS a, greatest(a, b) AS b FROM {apart};

CREATE OR REPLACE TEMP TABLE {target} AS
SELECT unique_id, unique_id AS cluster FROM {evidence};

-- One row per two clusters that any pair was compared of: the sum of weights and how many.
CREATE OR REPLACE TEMP TABLE _pairs AS
SELECT
    e.a,
    e.b,
    -- In thousandths and whole: a sum must not depend on the order it is taken in.
    round(1000 * CASE
        WHEN e.weight >= {forced} THEN {forced}
        WHEN e.unlike THEN greatest(least(e.weight, {unseen}), -{most})
        ELSE greatest(least(e.weight, {most}), -{most})
    END)::bigint AS total,
    1::bigint AS seen,
    e.weight >= {forced} AS forced,
    x.a IS NOT NULL AS blocked
FROM {edges} AS e LEFT JOIN _apart AS x ON e.a = x.a AND e.b = x.b;

-- name: couples
CREATE OR REPLACE TEMP TABLE _sizes AS
SELECT cluster, count(*) AS size FROM {target} GROUP BY cluster;

CREATE OR REPLACE TEMP TABLE _ranked AS
SELECT
    p.a,
    p.b,
    CASE
        WHEN p.forced THEN {forced}
        ELSE (p.total / 1000 + (sa.size * sb.size - p.seen) * {unseen}) / (sa.size * sb.size)
    END AS score
FROM _pairs AS p
JOIN _sizes AS sa ON p.a = sa.cluster
JOIN _sizes AS sb ON p.b = sb.cluster
WHERE NOT p.blocked AND score >= {link};

-- A total order over pairs, so that the best pair of all is always a couple.
CREATE OR REPLACE TEMP TABLE _best AS
SELECT side, max({'score': score, 'a': -a, 'b': -b}) AS best
FROM (
    SELECT a AS side, score, a, b FROM _ranked
    UNION ALL
    SELECT b AS side, score, a, b FROM _ranked
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

CREATE OR REPLACE TEMP TABLE _pairs AS
SELECT
    least(a, b) AS a,
    greatest(a, b) AS b,
    sum(total)::bigint AS total,
    sum(seen)::bigint AS seen,
    bool_or(forced) AS forced,
    bool_or(blocked) AS blocked
FROM (
    SELECT coalesce(ma.new, p.a) AS a, coalesce(mb.new, p.b) AS b, total, seen, forced, blocked
    FROM _pairs AS p
    LEFT JOIN _moves AS ma ON p.a = ma.old
    LEFT JOIN _moves AS mb ON p.b = mb.old
)
WHERE a <> b
GROUP BY ALL;
