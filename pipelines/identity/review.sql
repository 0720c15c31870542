-- name: sides
-- Each pair's two rows of evidence stand beside each other under the pair's number, which blocks
-- them: so Splink compares these pairs and no others.
CREATE OR REPLACE TABLE review_sides AS
SELECT 2 * p.pair_no AS unique_id, p.pair_no, e.* EXCLUDE (unique_id)
FROM {pairs} AS p JOIN {evidence} AS e ON p.a = e.unique_id
UNION ALL BY NAME
SELECT 2 * p.pair_no + 1 AS unique_id, p.pair_no, e.* EXCLUDE (unique_id)
FROM {pairs} AS p JOIN {evidence} AS e ON p.b = e.unique_id;

-- name: tables
CREATE TABLE IF NOT EXISTS vault.identity.review_pairs (
    export_id VARCHAR, draw_no BIGINT, pair_no BIGINT, pair_id VARCHAR, purpose VARCHAR, reason_code VARCHAR,
    stratum VARCHAR, stratum_count BIGINT, drawn_count BIGINT, records_count BIGINT,
    program_a VARCHAR, submission_id_a VARCHAR, source_record_id_a VARCHAR, mark_a VARCHAR,
    program_b VARCHAR, submission_id_b VARCHAR, source_record_id_b VARCHAR, mark_b VARCHAR,
    match_weight DOUBLE, match_probability DOUBLE, model_version VARCHAR, exported_at TIMESTAMP,
    answer VARCHAR, answered_by VARCHAR, answered_at TIMESTAMP, note VARCHAR, decision_id VARCHAR
);

-- name: said
-- What each record says, as sent: its mark tells whether it still says what a person was shown.
CREATE OR REPLACE TEMP TABLE review_said AS
SELECT p.*, concat_ws('|', p.program, p.submission_id, p.source_record_id) AS record_key,
    sha256(to_json({'role': p.role, 'nik': p.nik, 'kk': p.family_card_number, 'name': p.full_name, 'sex': p.sex_code,
        'birth_on': p.birth_on, 'precision': p.birth_precision, 'place': p.birth_place, 'father': p.father_name,
        'mother': p.mother_name, 'parent': p.parent_name, 'number': p.program_number, 'phone': p.phone, 'nisn': p.nisn,
        'welfare': p.welfare_card_number, 'insurance': p.insurance_number, 'account': p.account_number,
        'address': p.address, 'rt': p.rt, 'rw': p.rw, 'area': p.sent_area_code, 'district': p.sent_district,
        'village': p.sent_village})::varchar) AS mark
FROM vault.staging.persons AS p
WHERE {only};

-- name: queue
-- The most useful questions first. What an answer settles: the records of the smaller of the two
-- people, the benefits of both, and the other questions about them; each counts by its logarithm.
-- How doubtful it is: at the cut-off wholly, and below it the less the further. Above it a guard said
-- no: where the two themselves contradict one another, the guard is doubted the more, the more the
-- model is for it. Questions that somebody could not answer come last.
CREATE OR REPLACE TEMP TABLE review_chosen AS
WITH sizes AS (
    SELECT beneficiary_id, count(*) AS records FROM vault.identity.record_links GROUP BY beneficiary_id
),

asked AS (
    SELECT beneficiary_id, count(*) AS pairs FROM (
        SELECT beneficiary_id_a AS beneficiary_id FROM vault.identity.review_queue
        UNION ALL SELECT beneficiary_id_b FROM vault.identity.review_queue
    ) GROUP BY beneficiary_id
),

helped AS (
    SELECT beneficiary_id, count(*) AS benefits FROM {benefits} GROUP BY beneficiary_id
),

unanswered AS (
    SELECT DISTINCT pair_id FROM {review_pairs} WHERE answer = 'unknown'
),

weighed AS (
    SELECT
        q.review_id AS pair_id, q.reason_code, q.match_weight, q.match_probability,
        q.program_a, q.submission_id_a, q.source_record_id_a, q.program_b, q.submission_id_b, q.source_record_id_b,
        concat_ws('|', q.program_a, q.submission_id_a, q.source_record_id_a) AS key_a,
        concat_ws('|', q.program_b, q.submission_id_b, q.source_record_id_b) AS key_b,
        sa.records AS records_a, sb.records AS records_b,
        coalesce(ha.benefits, 0) AS benefits_a, coalesce(hb.benefits, 0) AS benefits_b,
        u.pair_id IS NOT NULL AS is_unanswered,
        round(
            (1 + log2(1 + least(sa.records, sb.records)) + log2(1 + benefits_a + benefits_b) + log2(pa.pairs + pb.pairs - 1))
            * CASE
                WHEN q.match_weight < {link_weight} THEN 1 / (1 + ({link_weight} - q.match_weight) / 4)
                WHEN q.reason_code = 'contradiction' THEN (q.match_weight - {link_weight}) / (q.match_weight - {link_weight} + 8)
                ELSE 1
            END, 6
        ) AS usefulness
    FROM vault.identity.review_queue AS q
    JOIN sizes AS sa ON q.beneficiary_id_a = sa.beneficiary_id
    JOIN sizes AS sb ON q.beneficiary_id_b = sb.beneficiary_id
    JOIN asked AS pa ON q.beneficiary_id_a = pa.beneficiary_id
    JOIN asked AS pb ON q.beneficiary_id_b = pb.beneficiary_id
    LEFT JOIN helped AS ha ON q.beneficiary_id_a = ha.beneficiary_id
    LEFT JOIN helped AS hb ON q.beneficiary_id_b = hb.beneficiary_id
    LEFT JOIN unanswered AS u ON q.review_id = u.pair_id
)

SELECT *, row_number() OVER (ORDER BY is_unanswered, usefulness DESC, least(key_a, key_b), greatest(key_a, key_b)) AS draw_no,
    draw_no AS pair_no, NULL::varchar AS stratum, NULL::bigint AS stratum_count, NULL::bigint AS drawn_count,
    least(records_a, records_b) AS records_count
FROM weighed
-- What was decided since the last run is no question any more.
WHERE NOT EXISTS (
    SELECT 1 FROM {decided} AS d
    WHERE d.key_a = least(weighed.key_a, weighed.key_b) AND d.key_b = greatest(weighed.key_a, weighed.key_b)
)
ORDER BY draw_no LIMIT {limit};

-- name: sample
-- An entry is what one sender says of a person, however often it is sent; a link is that it stands
-- with the person's other entries. Strata are programs, senders and whether the model itself is less
-- than sure; each gets its share by the root of its size, so that small programs are heard too. The
-- other side is any other entry of the person, drawn as well: an entry of a stranger is then found
-- as often as strangers stand in its cluster.
CREATE OR REPLACE TEMP TABLE review_chosen AS
WITH entries AS (
    SELECT
        r.program || '|' || coalesce(s.area_code, '') || '|'
        || CASE WHEN l.match_probability < 0.9999 THEN 'unsure' ELSE 'sure' END AS stratum,
        l.beneficiary_id, r.evidence_id, count(*) AS records_count, min(l.match_probability) AS match_probability,
        arg_min(
            {'program': r.program, 'submission_id': r.submission_id, 'source_record_id': r.source_record_id},
            concat_ws('|', r.program, r.submission_id, r.source_record_id)
        ) AS one
    FROM vault.identity.record_links AS l
    JOIN vault.identity.records AS r USING (program, submission_id, source_record_id)
    LEFT JOIN {submissions} AS s USING (submission_id)
    GROUP BY ALL
),

said AS (
    SELECT beneficiary_id, evidence_id, arg_min(one, concat_ws('|', one.program, one.submission_id, one.source_record_id)) AS one
    FROM entries GROUP BY ALL
),

linked AS (
    SELECT *, count(*) OVER (PARTITION BY stratum) AS stratum_count,
        row_number() OVER (PARTITION BY stratum ORDER BY sha256({seed} || '|' || stratum || evidence_id), evidence_id) AS place
    FROM entries
    WHERE beneficiary_id IN (SELECT beneficiary_id FROM said GROUP BY beneficiary_id HAVING count(*) > 1)
),

strata AS (
    SELECT stratum, any_value(stratum_count) AS stratum_count,
        {count} * sqrt(any_value(stratum_count)) / sum(sqrt(any_value(stratum_count))) OVER () AS share
    FROM linked GROUP BY stratum
),

-- Whole numbers that sum to the count: what is left over goes to the largest remainders.
shares AS (
    SELECT *, least(stratum_count, floor(share) + (
        row_number() OVER (ORDER BY round(share - floor(share), 9) DESC, stratum) <= {count} - sum(floor(share)) OVER ()
    )::integer)::bigint AS drawn_count
    FROM strata
),

drawn AS (
    SELECT l.*, s.drawn_count FROM linked AS l JOIN shares AS s USING (stratum) WHERE l.place <= s.drawn_count
),

paired AS (
    SELECT d.*, o.one AS other
    FROM drawn AS d JOIN said AS o USING (beneficiary_id)
    WHERE o.evidence_id <> d.evidence_id
    QUALIFY row_number() OVER (
        PARTITION BY d.stratum, d.evidence_id ORDER BY sha256({seed} || '|' || d.evidence_id || o.evidence_id), o.evidence_id
    ) = 1
),

keyed AS (
    SELECT *, concat_ws('|', one.program, one.submission_id, one.source_record_id) AS key_a,
        concat_ws('|', other.program, other.submission_id, other.source_record_id) AS key_b,
        sha256(least(key_a, key_b) || greatest(key_a, key_b))[:24] AS pair_id
    FROM paired
)

SELECT pair_id, 'linked' AS reason_code, NULL::double AS match_weight, match_probability,
    one.program AS program_a, one.submission_id AS submission_id_a, one.source_record_id AS source_record_id_a,
    other.program AS program_b, other.submission_id AS submission_id_b, other.source_record_id AS source_record_id_b,
    key_a, key_b, records_count AS records_a, records_count AS records_b, 0 AS benefits_a, 0 AS benefits_b,
    false AS is_unanswered, 0.0 AS usefulness,
    row_number() OVER (ORDER BY sha256({seed} || '|' || pair_id), stratum, key_a) AS draw_no,
    -- In an order that says nothing of program or certainty; a pair drawn from both sides is one question.
    dense_rank() OVER (ORDER BY sha256({seed} || '|' || pair_id), pair_id) AS pair_no,
    stratum, stratum_count, drawn_count, records_count
FROM keyed
ORDER BY draw_no;

-- name: log
INSERT INTO vault.identity.review_pairs
SELECT {export_id}, c.draw_no, c.pair_no, c.pair_id, {purpose}, c.reason_code, c.stratum, c.stratum_count, c.drawn_count,
    c.records_count, c.program_a, c.submission_id_a, c.source_record_id_a, a.mark,
    c.program_b, c.submission_id_b, c.source_record_id_b, b.mark,
    c.match_weight, c.match_probability, {version}, {now}, NULL, NULL, NULL, NULL, NULL
FROM review_chosen AS c
JOIN review_said AS a ON c.key_a = a.record_key
JOIN review_said AS b ON c.key_b = b.record_key
WHERE NOT EXISTS (SELECT 1 FROM vault.identity.review_pairs AS p WHERE p.export_id = {export_id})
ORDER BY c.draw_no;

-- name: shown
-- What a person is shown: two rows for each pair, as sent, with what differs between them. A number
-- that may not be seen keeps its ends; whether two differ is told by the whole.
WITH once AS (
    -- A pair that was drawn from both sides is one question.
    SELECT * FROM review_chosen QUALIFY row_number() OVER (PARTITION BY pair_no ORDER BY draw_no) = 1
),

sides AS (
    SELECT pair_no, 1 AS side, key_a AS record_key, records_a AS records, benefits_a AS benefits FROM once
    UNION ALL
    SELECT pair_no, 2, key_b, records_b, benefits_b FROM once
),

told AS (
    SELECT o.pair_no, o.side, o.records, o.benefits, p.program, p.source_row, p.role, s.period, s.area_code,
        {whole} AS fields, {seen} AS seen
    FROM sides AS o
    JOIN review_said AS p USING (record_key)
    LEFT JOIN {submissions} AS s ON p.submission_id = s.submission_id
)

SELECT l.pair_no, l.side, l.records, l.benefits, l.program, l.source_row, l.role, l.period, l.area_code,
    l.seen, {agree} AS agree
FROM told AS l JOIN told AS r ON l.pair_no = r.pair_no AND l.side <> r.side
ORDER BY l.pair_no, l.side;

-- name: answered
-- Where each answer stands today: the log's pair, the two records as they are now, and what was
-- decided before. A record that was sent again under another submission is known by its mark.
CREATE OR REPLACE TEMP TABLE review_now AS
WITH logged AS (
    SELECT * FROM vault.identity.review_pairs WHERE export_id = {export_id}
    QUALIFY row_number() OVER (PARTITION BY pair_no ORDER BY draw_no) = 1
),

here AS (
    SELECT record_key, mark FROM review_said
),

moved AS (
    SELECT mark, min(record_key) AS record_key FROM here GROUP BY mark
)

SELECT n.pair_no, n.verdict, n.note, g.pair_id, g.exported_at, g.mark_a, g.mark_b,
    coalesce(ha.record_key, ma.record_key) AS key_a, coalesce(hb.record_key, mb.record_key) AS key_b
FROM review_given AS n
LEFT JOIN logged AS g ON n.pair_no = g.pair_no AND n.pair_id = g.pair_id
LEFT JOIN here AS ha ON concat_ws('|', g.program_a, g.submission_id_a, g.source_record_id_a) = ha.record_key AND g.mark_a = ha.mark
LEFT JOIN here AS hb ON concat_ws('|', g.program_b, g.submission_id_b, g.source_record_id_b) = hb.record_key AND g.mark_b = hb.mark
LEFT JOIN moved AS ma ON g.mark_a = ma.mark
LEFT JOIN moved AS mb ON g.mark_b = mb.mark;

-- name: edges
-- What was decided, and what is now said, between two things said. Records that say the same word
-- for word are one side, unless they say too little to be anybody.
WITH sides AS (
    SELECT s.record_key, CASE WHEN r.is_sufficient THEN s.mark ELSE s.record_key END AS node
    FROM review_said AS s
    LEFT JOIN vault.identity.records AS r
        ON s.program = r.program AND s.submission_id = r.submission_id AND s.source_record_id = r.source_record_id
),

-- A decision about records that are gone is known by what they said when they were shown.
remembered AS (
    SELECT record_key, min(mark) AS mark FROM (
        SELECT concat_ws('|', program_a, submission_id_a, source_record_id_a) AS record_key, mark_a AS mark
        FROM vault.identity.review_pairs
        UNION ALL
        SELECT concat_ws('|', program_b, submission_id_b, source_record_id_b), mark_b FROM vault.identity.review_pairs
    ) GROUP BY record_key
),

decided AS (
    SELECT decision_id, verdict, withdrawn_at,
        concat_ws('|', program_a, submission_id_a, source_record_id_a) AS key_a,
        concat_ws('|', program_b, submission_id_b, source_record_id_b) AS key_b
    FROM vault.identity.decisions WHERE verdict IN ('same', 'different')
)

SELECT NULL AS pair_no, d.decision_id, d.verdict, d.withdrawn_at,
    coalesce(a.node, ra.mark, d.key_a) AS a, coalesce(b.node, rb.mark, d.key_b) AS b
FROM decided AS d
LEFT JOIN sides AS a ON d.key_a = a.record_key
LEFT JOIN sides AS b ON d.key_b = b.record_key
LEFT JOIN remembered AS ra ON d.key_a = ra.record_key
LEFT JOIN remembered AS rb ON d.key_b = rb.record_key
UNION ALL
SELECT n.pair_no, NULL, n.verdict, NULL, coalesce(a.node, n.mark_a), coalesce(b.node, n.mark_b)
FROM review_now AS n
LEFT JOIN sides AS a ON n.key_a = a.record_key
LEFT JOIN sides AS b ON n.key_b = b.record_key
WHERE n.verdict IN ('same', 'different')
ORDER BY pair_no NULLS FIRST, decision_id;

-- name: record
CREATE OR REPLACE TEMP TABLE review_decided AS
SELECT 'd' || sha256(concat_ws('|', {export_id}, n.pair_no::varchar, n.verdict, {now}::varchar))[:20] AS decision_id,
    n.pair_no, n.verdict,
    split_part(n.key_a, '|', 1) AS program_a, split_part(n.key_a, '|', 2) AS submission_id_a,
    split_part(n.key_a, '|', 3) AS source_record_id_a,
    split_part(n.key_b, '|', 1) AS program_b, split_part(n.key_b, '|', 2) AS submission_id_b,
    split_part(n.key_b, '|', 3) AS source_record_id_b,
    {by} AS decided_by, {now} AS decided_at, n.note, NULL::varchar AS withdrawn_by, NULL::timestamp AS withdrawn_at,
    ra.evidence_id AS evidence_id_a, rb.evidence_id AS evidence_id_b
FROM review_now AS n
JOIN review_new AS w USING (pair_no)
LEFT JOIN vault.identity.records AS ra ON n.key_a = concat_ws('|', ra.program, ra.submission_id, ra.source_record_id)
LEFT JOIN vault.identity.records AS rb ON n.key_b = concat_ws('|', rb.program, rb.submission_id, rb.source_record_id);

INSERT INTO vault.identity.decisions ({columns}) SELECT {columns} FROM review_decided ORDER BY pair_no;

-- The log keeps what was answered, also that somebody could not tell.
UPDATE vault.identity.review_pairs AS p
SET answer = n.verdict, answered_by = {by}, answered_at = {now}, note = n.note,
    decision_id = coalesce(d.decision_id, o.decision_id, p.decision_id)
FROM review_now AS n
LEFT JOIN review_decided AS d USING (pair_no)
LEFT JOIN review_old AS o USING (pair_no)
WHERE p.export_id = {export_id} AND p.pair_no = n.pair_no
    AND (p.answer IS DISTINCT FROM n.verdict OR d.decision_id IS NOT NULL)
    AND NOT (coalesce(p.answer, '') IN ('same', 'different') AND n.verdict = 'unknown');

-- name: stored
-- The evidence of some records as linking left it. Rows that share a number with them tell whether it
-- names anybody; no others are read.
CREATE OR REPLACE TEMP TABLE review_keyed AS
SELECT r.program, r.submission_id, r.source_record_id, r.source_row, r.role, r.evidence_id, w.record_key
FROM vault.identity.records AS r
JOIN (
    SELECT DISTINCT record_key, split_part(record_key, '|', 1) AS program, split_part(record_key, '|', 2) AS submission_id,
        split_part(record_key, '|', 3) AS source_record_id
    FROM {wanted}
) AS w USING (program, submission_id, source_record_id);

CREATE OR REPLACE TEMP TABLE identity_evidence_all AS
WITH chosen AS (
    SELECT evidence_id, nik, kk, phone FROM vault.identity.evidence SEMI JOIN review_keyed USING (evidence_id)
)

SELECT * FROM vault.identity.evidence
WHERE evidence_id IN (SELECT evidence_id FROM chosen)
    OR nik IN (SELECT nik FROM chosen WHERE nik IS NOT NULL)
    OR kk IN (SELECT kk FROM chosen WHERE kk IS NOT NULL)
    OR phone IN (SELECT phone FROM chosen WHERE phone IS NOT NULL);

-- name: stored_keyed
CREATE OR REPLACE TABLE identity_evidence AS
SELECT c.*, k.slots
FROM identity_evidence_clean AS c
LEFT JOIN (SELECT evidence_id, slots FROM vault.identity.compared SEMI JOIN review_keyed USING (evidence_id)) AS k
    USING (evidence_id)
SEMI JOIN review_keyed USING (evidence_id);

CREATE OR REPLACE TEMP TABLE identity_keyed AS
SELECT k.*, e.unique_id FROM review_keyed AS k JOIN identity_evidence AS e USING (evidence_id);

-- name: named
-- The records that an id means: a record, what it says, a person of any time, or a pair's two sides.
CREATE OR REPLACE TEMP TABLE review_found AS
WITH ids AS (
    SELECT unnest({ids}::varchar[]) AS id, generate_subscripts({ids}::varchar[], 1) AS side
),

pairs AS (
    SELECT review_id AS id, program_a, submission_id_a, source_record_id_a, program_b, submission_id_b, source_record_id_b,
        1 AS choice, NULL::timestamp AS exported_at
    FROM vault.identity.review_queue
    UNION ALL
    SELECT unnest([pair_id, pair_no::varchar]), program_a, submission_id_a, source_record_id_a,
        program_b, submission_id_b, source_record_id_b, 2, exported_at
    FROM {review_pairs}
),

pair AS (
    -- A number means the workbook that was made last.
    SELECT i.side, p.* FROM ids AS i JOIN pairs AS p USING (id)
    QUALIFY row_number() OVER (PARTITION BY i.side ORDER BY choice, exported_at DESC, submission_id_a, source_record_id_a) = 1
),

-- A record is written with its program before it or without, and with a slash, a bar or a space.
written AS (
    SELECT side, string_split_regex(id, '[|/ ]') AS parts FROM ids
),

stated AS (
    SELECT side, CASE WHEN len(parts) = 3 THEN parts[1] END AS program, parts[-2] AS submission_id, parts[-1] AS source_record_id
    FROM written WHERE len(parts) IN (2, 3)
    UNION ALL
    SELECT 1, program_a, submission_id_a, source_record_id_a FROM pair WHERE {is_pair}
    UNION ALL
    SELECT 2, program_b, submission_id_b, source_record_id_b FROM pair WHERE {is_pair}
)

SELECT s.side, r.program, r.submission_id, r.source_record_id
FROM vault.identity.records AS r JOIN stated AS s USING (submission_id, source_record_id)
WHERE s.program IS NULL OR s.program = r.program
UNION
SELECT i.side, r.program, r.submission_id, r.source_record_id
FROM vault.identity.records AS r JOIN ids AS i ON r.evidence_id = i.id
UNION
SELECT i.side, r.program, r.submission_id, r.source_record_id
FROM vault.identity.record_links AS r
JOIN vault.identity.beneficiary_id_history AS h ON r.beneficiary_id = h.current_beneficiary_id
JOIN ids AS i ON h.beneficiary_id = i.id;

CREATE OR REPLACE TEMP TABLE review_people AS
SELECT l.beneficiary_id, concat_ws('|', l.program, l.submission_id, l.source_record_id) AS record_key
FROM vault.identity.record_links AS l
WHERE l.beneficiary_id IN (
    SELECT x.beneficiary_id FROM vault.identity.record_links AS x
    SEMI JOIN review_found AS f USING (program, submission_id, source_record_id)
);

-- name: numbered
CREATE OR REPLACE TEMP TABLE review_named AS
SELECT DISTINCT f.side, p.record_key, p.beneficiary_id, k.unique_id, k.evidence_id
FROM review_found AS f
JOIN review_people AS p ON p.record_key = concat_ws('|', f.program, f.submission_id, f.source_record_id)
JOIN identity_keyed AS k USING (record_key);

-- name: crossed
-- Every two of what was named, and of the whole people they belong to; the ones named come first.
CREATE OR REPLACE TEMP TABLE review_crossed AS
WITH people AS (
    SELECT DISTINCT n.side, k.unique_id, bool_or(n.unique_id = k.unique_id) AS is_named
    FROM review_named AS n
    JOIN review_people AS l ON n.beneficiary_id = l.beneficiary_id
    JOIN identity_keyed AS k ON k.record_key = l.record_key
    GROUP BY ALL
),

couples AS (
    SELECT least(l.unique_id, r.unique_id) AS a, greatest(l.unique_id, r.unique_id) AS b,
        bool_or(l.side <> r.side AND l.is_named AND r.is_named) AS is_named
    FROM people AS l JOIN people AS r ON l.unique_id <> r.unique_id AND ({one_person} OR l.side <> r.side)
    GROUP BY ALL
)

SELECT row_number() OVER (ORDER BY is_named DESC, a, b) AS pair_no, a, b, is_named
FROM couples ORDER BY pair_no LIMIT {most};

-- name: guards
SELECT
    count(*) FILTER (coalesce({unlike}, false)) AS unlike,
    count(*) FILTER (coalesce({conflict}, false)) AS conflict,
    count(*) FILTER (coalesce(list_has_any(l.slots, r.slots), false) AND NOT coalesce({same}, false)) AS one_list,
    count(*) FILTER (EXISTS (
        SELECT 1 FROM identity_keyed AS x JOIN identity_keyed AS y
            ON x.submission_id = y.submission_id AND x.source_row = y.source_row AND x.role <> y.role
        WHERE x.unique_id = l.unique_id AND y.unique_id = r.unique_id
    )) AS one_row
FROM review_crossed AS p
JOIN identity_evidence AS l ON p.a = l.unique_id
JOIN identity_evidence AS r ON p.b = r.unique_id;

-- name: decisions
SELECT d.decision_id, d.verdict, d.decided_by, d.decided_at, d.withdrawn_by, d.withdrawn_at
FROM {decisions} AS d
JOIN vault.identity.record_links AS a
    ON d.program_a = a.program AND d.submission_id_a = a.submission_id AND d.source_record_id_a = a.source_record_id
JOIN vault.identity.record_links AS b
    ON d.program_b = b.program AND d.submission_id_b = b.submission_id AND d.source_record_id_b = b.source_record_id
WHERE (SELECT bool_or(side = 1) AND bool_or(side = 2) FROM (
    SELECT side FROM review_named WHERE beneficiary_id = a.beneficiary_id
    UNION ALL SELECT side FROM review_named WHERE beneficiary_id = b.beneficiary_id
))
ORDER BY d.decided_at, d.decision_id;
