-- Counts and shares of the facts and pairs that compare.sql and compare_aftermath.sql collected.
CREATE OR REPLACE TEMP TABLE compared AS
WITH sides AS (
    SELECT
        measure, kind, fact,
        bool_or(side = 'truth') AS is_true, bool_or(side = 'found') AS is_found
    FROM compared_facts
    GROUP BY measure, kind, fact
),

counted AS (
    SELECT * FROM compared_pairs
    UNION ALL
    SELECT
        measure, if(grouping(kind) = 1, 'all', kind),
        count(*) FILTER (is_true), count(*) FILTER (is_found),
        count(*) FILTER (is_true AND is_found)
    FROM sides
    GROUP BY GROUPING SETS ((measure), (measure, kind))
)

SELECT
    measure, kind,
    true_count::BIGINT AS true_count, found_count::BIGINT AS found_count,
    right_count::BIGINT AS right_count,
    right_count / nullif(found_count, 0) AS precision,
    right_count / nullif(true_count, 0) AS recall,
    2 * right_count / nullif(true_count + found_count, 0) AS f1
FROM counted
ORDER BY list_position(['people', 'households', 'overlaps', 'coverage_gaps', 'dropouts', 'deceased_paid', 'transitions'], measure), kind;
