-- What the pipeline found against what is really so. Expects the truth as the relations
-- truth_rows, truth_overlaps and truth_coverage_gaps, and both lakes attached.

-- Every linked person record whose row the truth knows, with the true person and household.
CREATE OR REPLACE TEMP TABLE compared_records AS
SELECT
    l.submission_id, t.source_row, l.beneficiary_id, l.household_id AS found_household_id,
    nullif(t.person_id, 0) AS person_id, nullif(t.household_id, 0) AS true_household_id
FROM vault.identity.record_links AS l
INNER JOIN vault.quality.submissions AS s USING (submission_id)
INNER JOIN truth_rows AS t
    ON t.program = s.program AND t.file_name = s.file_name
    AND l.source_record_id = t.source_row || ':' || t.role;

-- The id that most records of a true person or household got; the smaller id where two tie.
CREATE OR REPLACE TEMP TABLE compared_people AS
SELECT person_id, beneficiary_id
FROM (SELECT person_id, beneficiary_id, count(*) AS n FROM compared_records GROUP BY ALL)
WHERE person_id IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY n DESC, beneficiary_id) = 1;

CREATE OR REPLACE TEMP TABLE compared_households AS
SELECT true_household_id, household_id
FROM (
    SELECT
        true_household_id,
        coalesce(found_household_id, beneficiary_id) AS household_id,
        count(*) AS n
    FROM compared_records
    GROUP BY ALL
)
WHERE true_household_id IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY true_household_id ORDER BY n DESC, household_id) = 1;

-- Pairs of records: together in truth, together as found, together in both.
CREATE OR REPLACE TEMP TABLE compared_pairs AS
WITH sides AS (
    SELECT 'people' AS measure, person_id::VARCHAR AS truth, beneficiary_id AS found
    FROM compared_records
    UNION ALL
    SELECT 'households', true_household_id::VARCHAR, found_household_id
    FROM compared_records
),

known AS (SELECT * FROM sides WHERE truth IS NOT NULL),

both_sides AS (
    SELECT measure, sum(n * (n - 1) // 2) AS pairs
    FROM (SELECT measure, count(*) AS n FROM known WHERE found IS NOT NULL GROUP BY measure, truth, found)
    GROUP BY measure
),

true_side AS (
    SELECT measure, sum(n * (n - 1) // 2) AS pairs
    FROM (SELECT measure, count(*) AS n FROM known GROUP BY measure, truth)
    GROUP BY measure
),

found_side AS (
    SELECT measure, sum(n * (n - 1) // 2) AS pairs
    FROM (SELECT measure, count(*) AS n FROM known WHERE found IS NOT NULL GROUP BY measure, found)
    GROUP BY measure
)

SELECT t.measure, 'pairs of records' AS kind, t.pairs AS true_count,
    coalesce(f.pairs, 0) AS found_count, coalesce(b.pairs, 0) AS right_count
FROM true_side AS t
LEFT JOIN found_side AS f USING (measure)
LEFT JOIN both_sides AS b USING (measure);

-- A true overlap or gap of a subject that no record led to keeps a key that nothing found can have.
CREATE OR REPLACE TEMP TABLE compared_facts AS
SELECT DISTINCT
    'truth' AS side, 'overlaps' AS measure, o.verdict AS kind,
    concat_ws(' ', o.level, least(o.program_a, o.program_b), greatest(o.program_a, o.program_b),
        left(o.month, 7),
        CASE
            WHEN o.level = 'person' THEN coalesce(p.beneficiary_id, 'unknown person ' || o.person_id)
            ELSE coalesce(h.household_id, 'unknown household ' || o.household_id)
        END) AS fact
FROM truth_overlaps AS o
LEFT JOIN compared_people AS p ON p.person_id = o.person_id
LEFT JOIN compared_households AS h ON h.true_household_id = o.household_id
UNION ALL
SELECT DISTINCT
    'found', 'overlaps', verdict,
    concat_ws(' ', level, least(program_a, program_b), greatest(program_a, program_b),
        strftime(month_on, '%Y-%m'), subject_id)
FROM warehouse.analysis.overlaps
-- The truth tells of some pairs of programs only.
WHERE (least(program_a, program_b), greatest(program_a, program_b)) IN (
    SELECT (least(program_a, program_b), greatest(program_a, program_b)) FROM truth_overlaps
)
UNION ALL
SELECT DISTINCT
    'truth', 'coverage_gaps', g.gap_class,
    concat_ws(' ', g.program, g.period,
        coalesce(h.household_id, 'unknown household ' || g.household_id))
FROM truth_coverage_gaps AS g
LEFT JOIN compared_households AS h ON h.true_household_id = g.household_id
UNION ALL
SELECT DISTINCT 'found', 'coverage_gaps', gap_class, concat_ws(' ', program, period, subject_id)
FROM warehouse.analysis.coverage_gaps
WHERE program IN (SELECT program FROM truth_coverage_gaps);
