-- What is new, what it touches, and what stays as it was. "Before" is what the last run left in the
-- vault (all empty for a run that links everything at once); `identity_*` is of this run.

-- name: everybody
CREATE OR REPLACE TEMP VIEW identity_everybody AS
SELECT p.*, {area} AS area_code, {sender} AS sender, {listed} AS listed_on
FROM {persons} AS p {area_join};

-- name: rows
CREATE OR REPLACE TEMP TABLE identity_rows AS
SELECT program, submission_id, source_record_id, hash({columns}) AS row_hash FROM identity_everybody;

-- Submissions that hold other rows than the last run left: told by sums over each of them, so that no
-- record is looked up.
CREATE OR REPLACE TEMP TABLE identity_differing AS
WITH today AS (
    SELECT program, submission_id, count(*) AS n, sum(row_hash) AS total, bit_xor(row_hash) AS crossed
    FROM identity_rows GROUP BY program, submission_id
),

last AS (
    SELECT program, submission_id, count(*) AS n, sum(row_hash) AS total, bit_xor(row_hash) AS crossed
    FROM {records} GROUP BY program, submission_id
)

SELECT program, submission_id FROM today FULL JOIN last USING (program, submission_id)
WHERE (today.n, today.total, today.crossed) IS DISTINCT FROM (last.n, last.total, last.crossed);

-- Records that are no longer there, of whatever was linked last.
CREATE OR REPLACE TEMP TABLE identity_gone AS
SELECT program, submission_id, source_record_id, source_row, role, evidence_id
FROM {records} SEMI JOIN identity_differing USING (program, submission_id)
ANTI JOIN identity_rows USING (program, submission_id, source_record_id);

-- name: reading
-- What a record says may depend on the other rows of its submission: submissions are read whole.
CREATE OR REPLACE TEMP TABLE identity_reading AS
SELECT program, submission_id FROM identity_differing
UNION
SELECT DISTINCT program, submission_id FROM identity_rows
ANTI JOIN (SELECT DISTINCT program, submission_id FROM {before_records}) USING (program, submission_id);

-- name: kept
-- No copy: most of what stays as it was is read by few of its columns.
CREATE OR REPLACE TEMP VIEW identity_kept AS
SELECT program, submission_id, source_record_id, source_row, role, observed_on, listed_on, evidence_id,
    nik_known_digits, is_sufficient
FROM {before_records} ANTI JOIN identity_reading USING (program, submission_id);

CREATE OR REPLACE TEMP TABLE identity_persons AS
SELECT *, hash({columns}) AS row_hash
FROM identity_everybody SEMI JOIN identity_reading USING (program, submission_id);

CREATE OR REPLACE TEMP TABLE identity_seen AS
SELECT nik_known_digits AS number, max(observed_on) AS seen_on
FROM identity_kept WHERE nik_known_digits IS NOT NULL GROUP BY nik_known_digits;

-- name: reborn
-- The century of a birth date in a number follows from the last day it was seen. Where that day has
-- passed the date in the number, records that were not read say something else now.
INSERT INTO identity_reading
WITH touched AS (
    SELECT nik_known AS number, observed_on FROM identity_said WHERE nik_known IS NOT NULL
    UNION ALL
    SELECT b.nik_known_digits, NULL
    FROM {before_records} AS b SEMI JOIN identity_reading USING (program, submission_id)
    WHERE b.nik_known_digits IS NOT NULL
),

earlier AS (
    SELECT nik_known_digits AS number, max(observed_on) AS seen_on
    FROM {before_records} SEMI JOIN touched ON nik_known_digits = touched.number GROUP BY ALL
),

later AS (
    SELECT number, max(observed_on) AS seen_on FROM (
        SELECT number, observed_on FROM touched
        UNION ALL
        SELECT nik_known_digits, observed_on FROM identity_kept SEMI JOIN touched ON nik_known_digits = touched.number
    ) GROUP BY number
),

dated AS (
    SELECT
        number, least(e.seen_on, l.seen_on) AS first_on, greatest(e.seen_on, l.seen_on) AS last_on,
        try_cast(substr(number, 7, 2) AS integer) AS day_part,
        try_cast(printf('20%s-%s-%02d', substr(number, 11, 2), substr(number, 9, 2),
            CASE WHEN day_part > 40 THEN day_part - 40 ELSE day_part END) AS date) AS birth_on
    FROM earlier AS e JOIN later AS l USING (number)
    WHERE e.seen_on IS DISTINCT FROM l.seen_on
)

SELECT DISTINCT k.program, k.submission_id
FROM identity_kept AS k JOIN dated AS d ON k.nik_known_digits = d.number
WHERE d.birth_on > coalesce(d.first_on, DATE '2000-01-01') AND d.birth_on <= coalesce(d.last_on, DATE '2000-01-01');

-- name: now
CREATE OR REPLACE TEMP VIEW identity_now AS
SELECT program, submission_id, source_record_id, source_row, role, observed_on, listed_on, evidence_id, is_sufficient
FROM identity_kept
UNION ALL
SELECT program, submission_id, source_record_id, source_row, role, observed_on, listed_on, evidence_id, is_sufficient
FROM identity_said;

-- Evidence of which a record came or went.
CREATE OR REPLACE TEMP TABLE identity_stirred AS
SELECT evidence_id FROM {before_records} SEMI JOIN identity_reading USING (program, submission_id)
UNION
SELECT evidence_id FROM identity_said;

CREATE OR REPLACE TEMP TABLE identity_evidence_gone AS
SELECT evidence_id FROM identity_stirred ANTI JOIN identity_now USING (evidence_id);

CREATE OR REPLACE TEMP TABLE identity_evidence_all AS
SELECT * FROM {before_evidence} ANTI JOIN identity_evidence_gone USING (evidence_id)
UNION ALL BY NAME
SELECT * FROM identity_evidence_read ANTI JOIN {before_evidence} USING (evidence_id);

-- name: lists
CREATE OR REPLACE TEMP TABLE identity_lists AS
SELECT program, role, submission_id, records, says
FROM {before_lists} ANTI JOIN identity_reading USING (program, submission_id)
UNION ALL
SELECT program, role, submission_id, count(*) AS records, count(DISTINCT evidence_id) AS says
FROM identity_said GROUP BY ALL;

-- name: slots
CREATE OR REPLACE TEMP TABLE identity_once AS {once};

CREATE OR REPLACE TEMP TABLE identity_stale_slots AS
WITH turned AS (
    (SELECT program, role FROM identity_once EXCEPT {once_before})
    UNION ALL
    ({once_before} EXCEPT SELECT program, role FROM identity_once)
)

SELECT evidence_id FROM identity_stirred
UNION
SELECT evidence_id FROM identity_now SEMI JOIN turned USING (program, role);

CREATE OR REPLACE TEMP TABLE identity_slots AS
SELECT evidence_id, list_sort(list(DISTINCT hash(submission_id, role))) AS slots
FROM identity_now SEMI JOIN identity_stale_slots USING (evidence_id) JOIN identity_once USING (program, role)
GROUP BY evidence_id
UNION ALL
SELECT evidence_id, slots FROM {before_compared} ANTI JOIN identity_stale_slots USING (evidence_id)
WHERE slots IS NOT NULL;

CREATE OR REPLACE TEMP TABLE identity_slotted AS
SELECT e.*, s.slots FROM identity_evidence_clean AS e LEFT JOIN identity_slots AS s USING (evidence_id);

-- name: wide
-- What each row says as one number, and its blocking keys as numbers.
CREATE OR REPLACE TEMP TABLE identity_wide AS
SELECT unique_id, evidence_id, hash({columns}) AS content, [{keys}] AS wide FROM identity_slotted;

-- name: blocks_touched
-- Keys of rows that are new, gone or say something else: only there may a key have become too
-- common, or usual again.
CREATE OR REPLACE TEMP TABLE identity_touched_keys AS
WITH differing AS (
    SELECT w.evidence_id, w.wide AS one, b.wide AS other
    FROM identity_wide AS w FULL JOIN {before_compared} AS b USING (evidence_id)
    WHERE w.content IS DISTINCT FROM b.content
)

SELECT DISTINCT place, key FROM (
    SELECT unnest(one) AS key, generate_subscripts(one, 1) AS place FROM differing
    UNION ALL
    SELECT unnest(other), generate_subscripts(other, 1) FROM differing
) WHERE key IS NOT NULL;

CREATE OR REPLACE TEMP TABLE identity_blocking AS
SELECT s.* FROM identity_slotted AS s JOIN identity_wide AS w USING (unique_id) WHERE {any_touched};

-- name: blocks
CREATE OR REPLACE TABLE identity_evidence AS
SELECT s.*, {known}
FROM identity_slotted AS s
ANTI JOIN identity_blocking AS i USING (unique_id)
LEFT JOIN {before_compared} AS b ON s.evidence_id = b.evidence_id
UNION ALL
SELECT s.*, {columns}
FROM identity_blocking AS s
JOIN identity_wide AS w USING (unique_id)
JOIN identity_blocked AS n USING (unique_id)
LEFT JOIN {before_compared} AS b ON s.evidence_id = b.evidence_id;

-- name: changed
CREATE OR REPLACE TEMP TABLE identity_compared AS
SELECT e.unique_id, e.evidence_id, w.content, w.wide, e.slots, {blocks}, hash(w.content, {block_values}) AS row_hash
FROM identity_evidence AS e JOIN identity_wide AS w USING (unique_id);

-- Rows that are to be compared with all others.
CREATE OR REPLACE TEMP TABLE identity_changed AS
SELECT c.unique_id, c.evidence_id
FROM identity_compared AS c LEFT JOIN {before_compared} AS b USING (evidence_id)
WHERE c.row_hash IS DISTINCT FROM b.row_hash;

-- Rows whose former pairs no longer hold.
CREATE OR REPLACE TEMP TABLE identity_unpaired AS
SELECT b.evidence_id
FROM {before_compared} AS b LEFT JOIN identity_compared AS c USING (evidence_id)
WHERE c.row_hash IS DISTINCT FROM b.row_hash;

-- name: comparing
-- Changed rows with all their keys, and the others with those alone that they share with a changed one.
CREATE OR REPLACE TABLE identity_comparing AS
WITH near AS (
    SELECT * REPLACE ({shared_keys})
    FROM identity_evidence ANTI JOIN identity_changed USING (unique_id)
)

SELECT e.* FROM identity_evidence AS e SEMI JOIN identity_changed USING (unique_id)
UNION ALL
SELECT * FROM near WHERE {any_key};

-- name: pairs
CREATE OR REPLACE TEMP TABLE identity_scored AS
SELECT a.unique_id AS a, b.unique_id AS b, p.weight, p.probability, p.unlike
FROM {before_pairs} AS p
JOIN identity_compared AS a ON p.a = a.evidence_id
JOIN identity_compared AS b ON p.b = b.evidence_id
WHERE a.unique_id NOT IN (SELECT unique_id FROM identity_changed)
    AND b.unique_id NOT IN (SELECT unique_id FROM identity_changed)
UNION ALL
SELECT n.a, n.b, n.weight, n.probability, n.unlike FROM identity_scored_now AS n
WHERE n.a IN (SELECT unique_id FROM identity_changed) OR n.b IN (SELECT unique_id FROM identity_changed);

-- name: region
-- Only a pair that weighs enough to join can hold rows in one cluster. Whatever such pairs connect
-- is clustered together or not at all.
CREATE OR REPLACE TEMP TABLE identity_reach AS
SELECT a, b FROM identity_edges WHERE {reaches}
UNION ALL
SELECT b, a FROM identity_edges WHERE {reaches};

CREATE OR REPLACE TEMP TABLE identity_region AS
SELECT unique_id FROM identity_changed
UNION
SELECT unique_id FROM identity_compared SEMI JOIN identity_stale_slots USING (evidence_id)
UNION
-- What was compared with a row that is gone or changed.
SELECT c.unique_id
FROM {before_pairs} AS p
SEMI JOIN identity_unpaired AS g ON p.b = g.evidence_id
JOIN identity_compared AS c ON p.a = c.evidence_id
UNION
SELECT c.unique_id
FROM {before_pairs} AS p
SEMI JOIN identity_unpaired AS g ON p.a = g.evidence_id
JOIN identity_compared AS c ON p.b = c.evidence_id
UNION
-- Rows that people decided about, now or before.
SELECT unnest([a, b]) FROM identity_decided_pairs
UNION
SELECT c.unique_id FROM identity_compared AS c JOIN {before_compared} AS b USING (evidence_id) WHERE b.is_decided;

-- name: reach
CREATE OR REPLACE TEMP TABLE identity_frontier AS
SELECT DISTINCT r.b AS unique_id FROM identity_reach AS r JOIN {frontier} AS f ON r.a = f.unique_id
ANTI JOIN identity_region AS k ON r.b = k.unique_id;

INSERT INTO identity_region SELECT unique_id FROM identity_frontier;

-- name: touched
CREATE OR REPLACE TABLE identity_region_evidence AS
SELECT * FROM identity_evidence SEMI JOIN identity_region USING (unique_id);

CREATE OR REPLACE TEMP TABLE identity_region_edges AS
SELECT * FROM identity_edges SEMI JOIN identity_region ON a = unique_id
WHERE b IN (SELECT unique_id FROM identity_region);

-- name: clusters
CREATE OR REPLACE TEMP TABLE identity_clusters AS
SELECT unique_id, cluster FROM identity_region_clusters
UNION ALL
SELECT c.unique_id, h.unique_id AS cluster
FROM identity_compared AS c
ANTI JOIN identity_region AS r ON c.unique_id = r.unique_id
JOIN {before_compared} AS b ON c.evidence_id = b.evidence_id
JOIN identity_compared AS h ON b.cluster_key = h.evidence_id;
