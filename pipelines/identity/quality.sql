-- Counts behind the figures of quality.py: over cells of (found, true) group, never over pairs.
WITH cells AS (
    SELECT {found} AS f, {truth} AS t, count(*) AS n FROM {relation}
    WHERE {found} IS NOT NULL AND {truth} IS NOT NULL GROUP BY ALL
),
sized AS (
    SELECT *, sum(n) OVER (PARTITION BY f) AS nf, sum(n) OVER (PARTITION BY t) AS nt,
        count(*) OVER (PARTITION BY f) AS kf, count(*) OVER (PARTITION BY t) AS kt
    FROM cells
)
SELECT
    coalesce(sum(n), 0),
    count(DISTINCT t),
    count(DISTINCT f),
    (SELECT coalesce(sum(n * (n - 1)) / 2, 0) FROM (SELECT sum(n) AS n FROM cells GROUP BY t)),
    (SELECT coalesce(sum(n * (n - 1)) / 2, 0) FROM (SELECT sum(n) AS n FROM cells GROUP BY f)),
    coalesce(sum(n * (n - 1)) / 2, 0),
    count(*) FILTER (kf = 1 AND kt = 1),
    count(DISTINCT f) FILTER (kf > 1),
    sum(n * n / nf) / sum(n),
    sum(n * n / nt) / sum(n)
FROM sized
