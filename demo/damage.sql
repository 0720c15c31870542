-- Where every cell that the demonstration made dirty has ended. Expects the truth as the relation
-- truth_damage, the columns of all programs as declared_columns(program, header_key, column_name),
-- the rows' values as staged_values(program, submission_id, source_row, source_part, kind, said),
-- names as name_keys(raw, sorted_key), compared_records and compared_people of compare.sql, the
-- macros of the checks, and both lakes attached.

-- Cells of files in force; `part` is the archive's member without its ending.
CREATE OR REPLACE TEMP TABLE damaged AS
SELECT
    row_number() OVER () AS cell, s.submission_id, d.program, d.source_row,
    regexp_replace(coalesce(d.member, ''), '\.[^.]*$', '') AS part,
    c.column_name, d.kind, d.expected, d.sent_value, d.clean_value,
    CASE
        WHEN d.kind LIKE 'date_%' THEN 'date'
        WHEN d.kind LIKE 'number_%' THEN 'number'
        WHEN d.kind LIKE 'sex_%' THEN 'sex'
        WHEN d.kind LIKE 'nik_%' OR d.kind LIKE 'kk_%' THEN 'identifier'
        WHEN d.kind LIKE 'name_%' OR d.kind = 'both_parents' THEN 'name'
        WHEN d.kind LIKE 'area_%' THEN 'area'
    END AS value_kind
FROM truth_damage AS d
INNER JOIN vault.quality.submissions AS s USING (file_name)
LEFT JOIN declared_columns AS c
    ON c.program = d.program
    AND c.header_key = regexp_replace(regexp_replace(lower(d.column), '^data ', ''), '[^a-z0-9]', '', 'g')
WHERE s.is_serving;

CREATE OR REPLACE TEMP TABLE damaged_places AS
SELECT
    d.*,
    EXISTS (
        FROM vault.quality.quarantine AS q
        WHERE q.submission_id = d.submission_id AND q.source_row = d.source_row
            AND coalesce(q.source_part, '') IN ('', d.part)
    ) AS is_quarantined,
    EXISTS (
        FROM vault.quality.issues AS i
        WHERE i.submission_id = d.submission_id AND i.source_row = d.source_row
            AND coalesce(i.source_part, '') IN ('', d.part)
            AND (i.column_name = d.column_name OR i.column_name IS NULL OR d.column_name IS NULL)
            AND i.severity <> 'info'
    ) AS is_flagged
FROM damaged AS d;

-- What the row says of the cell's kind, as staged, and what it should say.
CREATE OR REPLACE TEMP TABLE damaged_values AS
WITH meant AS (
    SELECT
        d.cell,
        CASE d.value_kind
            WHEN 'date' THEN parse_date_text(d.clean_value)::VARCHAR
            WHEN 'number' THEN round(parse_number_text(d.clean_value), 6)::VARCHAR
            WHEN 'sex' THEN parse_sex_text(d.clean_value)
            WHEN 'identifier' THEN digits_text(d.clean_value)
            WHEN 'name' THEN n.sorted_key
            WHEN 'area' THEN CASE WHEN regexp_matches(d.clean_value, '^[0-9.]+$') THEN dotted_area_code(d.clean_value) END
        END AS meant
    FROM damaged_places AS d
    LEFT JOIN name_keys AS n ON d.value_kind = 'name' AND n.raw = d.clean_value
),

linked AS (
    SELECT r.submission_id, r.source_row, bool_and(r.beneficiary_id = p.beneficiary_id) AS is_right
    FROM compared_records AS r
    INNER JOIN compared_people AS p USING (person_id)
    GROUP BY ALL
)

SELECT
    d.cell, any_value(m.meant) AS meant,
    count(v.said) AS said_count,
    coalesce(bool_or(v.said = m.meant), false) AS says_it,
    coalesce(any_value(l.is_right), false) AS is_linked
FROM damaged_places AS d
INNER JOIN meant AS m USING (cell)
LEFT JOIN staged_values AS v
    ON v.submission_id = d.submission_id AND v.source_row = d.source_row AND v.kind = d.value_kind
    AND v.source_part IN ('', d.part)
LEFT JOIN linked AS l ON l.submission_id = d.submission_id AND l.source_row = d.source_row
GROUP BY d.cell;

-- A cell is in its right place: put right (its row says what is true, or its person was found
-- although the name is written otherwise), kept with a warning, quarantined, or, where nobody
-- could tell, kept as it is.
CREATE OR REPLACE TEMP TABLE damaged_judged AS
SELECT
    d.*, v.says_it,
    CASE d.expected
        WHEN 'quarantined' THEN d.is_quarantined
        WHEN 'warning' THEN d.is_flagged AND NOT d.is_quarantined
        WHEN 'unknown' THEN NOT d.is_quarantined
        ELSE NOT d.is_quarantined AND CASE
            -- Labels and names of areas that were not understood carry a warning.
            WHEN d.value_kind IS NULL OR v.meant IS NULL THEN NOT d.is_flagged
            WHEN d.value_kind = 'name' THEN v.says_it OR v.is_linked
            ELSE v.says_it
        END
    END AS is_right,
    -- Put right in a wrong way, and nobody was told.
    d.expected = 'repaired' AND NOT d.is_quarantined AND NOT d.is_flagged
    AND v.meant IS NOT NULL AND v.said_count > 0 AND NOT v.says_it
    AND NOT (d.value_kind = 'name' AND v.is_linked) AS is_wrong
FROM damaged_places AS d
INNER JOIN damaged_values AS v USING (cell);

-- Of all cells that rules flagged, by the rules that flag a kind: how many are damaged at all.
CREATE OR REPLACE TEMP TABLE damaged_flags AS
WITH flags AS (
    SELECT DISTINCT
        i.program, i.submission_id, i.source_row, coalesce(i.source_part, '') AS part, i.column_name,
        i.rule_id
    FROM vault.quality.issues AS i
    INNER JOIN vault.quality.submissions AS s USING (submission_id)
    INNER JOIN (SELECT DISTINCT file_name FROM truth_damage) AS f USING (file_name)
    WHERE s.is_serving AND i.source_row IS NOT NULL AND i.severity <> 'info'
),

by_flag AS (
    SELECT f.program, f.rule_id, f.submission_id, f.source_row, f.part, f.column_name,
        list(DISTINCT d.kind) FILTER (d.kind IS NOT NULL) AS kinds
    FROM flags AS f
    LEFT JOIN damaged_places AS d
        ON d.submission_id = f.submission_id AND d.source_row = f.source_row
        AND f.part IN ('', d.part)
        AND (d.column_name = f.column_name OR f.column_name IS NULL OR d.column_name IS NULL)
    GROUP BY ALL
),

by_rule AS (
    SELECT program, rule_id, count(*) AS flagged, count(kinds) AS damaged FROM by_flag GROUP BY ALL
),

kinds_of AS (
    SELECT DISTINCT d.kind, b.program, b.rule_id
    FROM (SELECT program, rule_id, unnest(kinds) AS kind FROM by_flag) AS b
    INNER JOIN (SELECT DISTINCT kind FROM damaged WHERE expected IN ('warning', 'quarantined')) AS d USING (kind)
)

SELECT k.kind, sum(r.flagged)::BIGINT AS flagged, sum(r.damaged)::BIGINT AS damaged
FROM kinds_of AS k
INNER JOIN by_rule AS r USING (program, rule_id)
GROUP BY k.kind;

CREATE OR REPLACE TEMP TABLE compared_damage AS
SELECT
    d.kind, d.expected, count(*) AS cells_count,
    count(*) FILTER (d.is_right) AS right_count,
    count(*) FILTER (d.is_wrong) AS wrong_count,
    count(*) FILTER (d.is_right) / count(*) AS recall,
    CASE
        WHEN d.expected = 'repaired'
            THEN count(*) FILTER (d.is_right) / nullif(count(*) FILTER (d.is_right OR d.is_wrong), 0)
        WHEN d.expected IN ('warning', 'quarantined') THEN any_value(f.damaged / f.flagged)
    END AS precision
FROM damaged_judged AS d
LEFT JOIN damaged_flags AS f USING (kind)
GROUP BY d.kind, d.expected
ORDER BY d.kind, d.expected;
