-- name: repeated
-- A file under another program's name: the same rows in the same places.
WITH said AS (
    SELECT program, submission_id, hash(source_row, role, name_key, birth_on, nik_number) AS says
    FROM {records} WHERE name_key IS NOT NULL
),

sized AS (
    SELECT program, submission_id, count(*) AS rows FROM said GROUP BY ALL HAVING count(*) >= {least}
),

shared AS (
    SELECT a.submission_id AS one, b.submission_id AS other, count(*) AS rows
    FROM said AS a JOIN said AS b ON a.says = b.says AND a.program < b.program
    GROUP BY ALL
)

SELECT s.one, s.other, s.rows FROM shared AS s
JOIN sized AS a ON s.one = a.submission_id
JOIN sized AS b ON s.other = b.submission_id
WHERE s.rows >= {share} * greatest(a.rows, b.rows)
ORDER BY s.one, s.other;

-- name: crowded
-- A default that somebody filled in: one name and one day on many rows of one list.
SELECT submission_id, max(rows) AS rows FROM (
    SELECT submission_id, name_key, birth_on, count(*) AS rows FROM {records}
    WHERE name_key IS NOT NULL AND birth_on IS NOT NULL GROUP BY ALL
)
GROUP BY submission_id HAVING max(rows) >= {least} * 5
ORDER BY submission_id;
