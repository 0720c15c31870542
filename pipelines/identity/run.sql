-- name: persons
CREATE OR REPLACE TEMP TABLE identity_persons AS
SELECT p.*, {area} AS area_code, {sender} AS sender, {listed} AS listed_on
FROM {persons} AS p {area_join};

-- name: decided
-- The decisions in force, by record. A later decision on the same two records takes the place of an earlier.
CREATE OR REPLACE TEMP TABLE identity_decided AS
WITH sides AS (
    SELECT
        decision_id, verdict, decided_at,
        concat_ws('|', program_a, submission_id_a, source_record_id_a) AS one,
        concat_ws('|', program_b, submission_id_b, source_record_id_b) AS other
    FROM {decisions}
    WHERE withdrawn_at IS NULL AND verdict IN ('same', 'different')
)

SELECT decision_id, verdict, least(one, other) AS key_a, greatest(one, other) AS key_b
FROM sides
QUALIFY row_number() OVER (PARTITION BY key_a, key_b ORDER BY decided_at DESC, decision_id DESC) = 1;

CREATE OR REPLACE TEMP TABLE identity_apart AS
SELECT p.program, p.submission_id, p.source_record_id, true AS is_apart
FROM identity_persons AS p
WHERE concat_ws('|', program, submission_id, source_record_id) IN (
    SELECT key_a FROM identity_decided WHERE verdict = 'different'
    UNION ALL SELECT key_b FROM identity_decided WHERE verdict = 'different'
);

-- name: slots
-- In a list that names each person once, two rows are two people. Which lists do is measured: by
-- how rarely the same evidence stands twice in one submission.
CREATE OR REPLACE TEMP TABLE identity_keyed AS
SELECT s.*, concat_ws('|', program, submission_id, source_record_id) AS record_key, e.unique_id
FROM identity_said AS s JOIN identity_evidence_clean AS e USING (evidence_id);

CREATE OR REPLACE TEMP TABLE identity_slotted AS
WITH listed AS (
    SELECT program, role, submission_id, count(*) AS records, count(DISTINCT evidence_id) AS says
    FROM identity_said GROUP BY ALL
),

once AS (
    SELECT program, role FROM listed GROUP BY program, role HAVING sum(records - says) <= 0.03 * sum(records)
),

slots AS (
    SELECT unique_id, list(DISTINCT hash(submission_id, role)) AS slots
    FROM identity_keyed JOIN once USING (program, role) GROUP BY unique_id
)

SELECT e.*, s.slots FROM identity_evidence_clean AS e LEFT JOIN slots AS s USING (unique_id);

-- name: guards
-- Two roles of one row are two people, unless they bear one name.
CREATE OR REPLACE TEMP TABLE identity_kept_apart AS
SELECT DISTINCT l.unique_id AS a, r.unique_id AS b
FROM identity_keyed AS l JOIN identity_keyed AS r
    ON l.submission_id = r.submission_id AND l.source_row = r.source_row AND l.role < r.role
WHERE l.unique_id <> r.unique_id AND l.name_key IS NOT NULL AND r.name_key IS NOT NULL
    AND l.phonetic_key <> r.phonetic_key
    AND jaro_winkler_similarity(l.joined_key, r.joined_key) < 0.92
    AND NOT (l.first_sound = r.first_sound AND coalesce(l.nik_number = r.nik_number, false))
UNION
SELECT l.unique_id, r.unique_id
FROM identity_decided AS d
JOIN identity_keyed AS l ON d.key_a = l.record_key
JOIN identity_keyed AS r ON d.key_b = r.record_key
WHERE d.verdict = 'different';

CREATE OR REPLACE TEMP TABLE identity_edges AS
WITH forced AS (
    SELECT DISTINCT least(l.unique_id, r.unique_id) AS a, greatest(l.unique_id, r.unique_id) AS b
    FROM identity_decided AS d
    JOIN identity_keyed AS l ON d.key_a = l.record_key
    JOIN identity_keyed AS r ON d.key_b = r.record_key
    WHERE d.verdict = 'same' AND l.unique_id <> r.unique_id
)

SELECT coalesce(s.a, f.a) AS a, coalesce(s.b, f.b) AS b,
    CASE WHEN f.a IS NOT NULL THEN {forced} ELSE s.weight END AS weight,
    coalesce(s.probability, 1.0) AS probability, coalesce(s.unlike, false) AS unlike
FROM identity_scored AS s FULL JOIN forced AS f ON s.a = f.a AND s.b = f.b;

-- name: grouped
CREATE OR REPLACE TEMP TABLE identity_people AS
SELECT k.record_key AS member, k.evidence_id AS evidence, c.cluster AS grp
FROM identity_keyed AS k JOIN identity_clusters AS c USING (unique_id);

CREATE OR REPLACE TEMP TABLE identity_old_people AS
SELECT concat_ws('|', l.program, l.submission_id, l.source_record_id) AS member, r.evidence_id AS evidence,
    l.beneficiary_id AS id
FROM {record_links} AS l JOIN {records} AS r USING (program, submission_id, source_record_id);

CREATE OR REPLACE TEMP TABLE identity_old_houses AS
WITH housed AS (
    SELECT concat_ws('|', l.program, l.submission_id, l.source_record_id) AS member, r.kk_number,
        l.household_id AS id, count(*) OVER (PARTITION BY r.kk_number, l.household_id) AS says
    FROM {record_links} AS l JOIN {records} AS r USING (program, submission_id, source_record_id)
    WHERE l.household_id IS NOT NULL
)

-- An outdated card on some record speaks for the household where it mostly stands.
SELECT member, id,
    CASE WHEN id = first_value(id) OVER (PARTITION BY kk_number ORDER BY says DESC, id) THEN kk_number END AS evidence
FROM housed;

CREATE OR REPLACE TEMP TABLE identity_old_history AS
SELECT beneficiary_id AS id, current_beneficiary_id AS current_id, state, issue_no, issued_at
FROM {beneficiary_id_history};

CREATE OR REPLACE TEMP TABLE identity_old_house_history AS
SELECT household_id AS id, current_household_id AS current_id, state, issue_no, issued_at
FROM {household_id_history};

-- name: housed
CREATE OR REPLACE TEMP TABLE identity_carded AS
SELECT k.record_key, k.program, a.id AS person, e.kk AS card, k.observed_on, k.listed_on
FROM identity_keyed AS k
JOIN identity_evidence_clean AS e USING (unique_id)
JOIN identity_clusters AS c USING (unique_id)
JOIN identity_ids AS a ON c.cluster = a.grp;

-- name: house_groups
CREATE OR REPLACE TEMP TABLE identity_houses AS
SELECT record_key AS member, card AS evidence, house AS grp FROM identity_record_houses WHERE house IS NOT NULL;

-- name: results
CREATE OR REPLACE TEMP TABLE out_records AS
SELECT program, submission_id, source_record_id, source_row, role, observed_on, evidence_id, is_sufficient,
    nik_class, nik_number, nik_known AS nik_known_digits, nik_confidence, nik_is_doubted,
    kk_class, kk_number, name_key, sorted_key AS name_sorted_key, phonetic_key AS name_phonetic_key,
    birth_on, birth_year, sex AS sex_code, mother_key, father_key, area_code, address_key,
    phone, nisn, welfare_card_number, insurance_number, account_number, program_number
FROM identity_said;

CREATE OR REPLACE TEMP TABLE out_record_links AS
WITH inside AS (
    -- The best pair that holds a row in its cluster.
    SELECT unique_id, max({'weight': weight, 'probability': probability}) AS best FROM (
        SELECT a AS unique_id, weight, probability, ca.cluster FROM identity_edges AS e
        JOIN identity_clusters AS ca ON e.a = ca.unique_id
        JOIN identity_clusters AS cb ON e.b = cb.unique_id AND ca.cluster = cb.cluster
        UNION ALL
        SELECT b, weight, probability, ca.cluster FROM identity_edges AS e
        JOIN identity_clusters AS ca ON e.a = ca.unique_id
        JOIN identity_clusters AS cb ON e.b = cb.unique_id AND ca.cluster = cb.cluster
    ) GROUP BY unique_id
),

counted AS (
    SELECT unique_id, count(*) AS records FROM identity_keyed GROUP BY unique_id
)

SELECT k.program, k.submission_id, k.source_record_id, a.id AS beneficiary_id, h.id AS household_id,
    CASE
        WHEN i.best.weight >= {forced} THEN 1.0
        WHEN i.best IS NOT NULL THEN round(i.best.probability, 6)
        WHEN n.records > 1 THEN 1.0
    END AS match_probability,
    CASE
        WHEN i.best.weight >= {forced} THEN 'decision'
        WHEN i.best IS NOT NULL THEN 'model'
        WHEN n.records > 1 THEN 'same_evidence'
        ELSE 'alone'
    END AS method
FROM identity_keyed AS k
JOIN identity_clusters AS c USING (unique_id)
JOIN identity_ids AS a ON c.cluster = a.grp
JOIN counted AS n USING (unique_id)
LEFT JOIN inside AS i USING (unique_id)
LEFT JOIN identity_record_houses AS rh ON k.record_key = rh.record_key
LEFT JOIN identity_house_ids AS h ON rh.house = h.grp;

CREATE OR REPLACE TEMP TABLE out_events AS
SELECT * FROM {identity_events}
UNION ALL
SELECT sha256(concat_ws('|', kind, id, other_id, {now}::varchar))[:24] AS event_id, kind, id AS beneficiary_id,
    other_id, {now} AS happened_at, {version} AS model_version
FROM identity_ids_events;

CREATE OR REPLACE TEMP TABLE out_history AS
SELECT id AS beneficiary_id, current_id AS current_beneficiary_id, state, issue_no, issued_at FROM identity_ids_history;

CREATE OR REPLACE TEMP TABLE out_house_history AS
SELECT id AS household_id, current_id AS current_household_id, state, issue_no, issued_at
FROM identity_house_ids_history;

CREATE OR REPLACE TEMP TABLE out_memberships AS
SELECT h.id AS household_id, s.person AS beneficiary_id, 'family_card' AS group_kind, s.valid_from, s.valid_to
FROM identity_house_stays AS s JOIN identity_house_ids AS h ON s.house = h.grp;

CREATE OR REPLACE TEMP TABLE out_households AS
SELECT h.id AS household_id, count(DISTINCT s.person) AS members_count, min(s.valid_from) AS first_seen_on,
    count(DISTINCT c.card) AS cards_count
FROM identity_house_ids AS h
LEFT JOIN identity_house_stays AS s ON h.grp = s.house
LEFT JOIN _card_houses AS c ON h.grp = c.house
GROUP BY h.id;

-- One pair per two people: the one that says most.
CREATE OR REPLACE TEMP TABLE out_review AS
WITH doubtful AS (
    SELECT e.a, e.b, e.weight, e.probability, e.unlike, ca.cluster AS cluster_a, cb.cluster AS cluster_b
    FROM identity_edges AS e
    JOIN identity_clusters AS ca ON e.a = ca.unique_id
    JOIN identity_clusters AS cb ON e.b = cb.unique_id
    LEFT JOIN identity_kept_apart AS x
        ON e.a = least(x.a, x.b) AND e.b = greatest(x.a, x.b)
    WHERE ca.cluster <> cb.cluster AND x.a IS NULL
        AND e.weight >= CASE WHEN e.unlike THEN {unlike_review_weight} ELSE {review_weight} END
    QUALIFY row_number() OVER (
        PARTITION BY least(ca.cluster, cb.cluster), greatest(ca.cluster, cb.cluster)
        ORDER BY e.unlike, e.weight DESC, e.a, e.b
    ) = 1
),

firsts AS (
    SELECT unique_id, arg_min({'program': program, 'submission_id': submission_id, 'source_record_id': source_record_id},
        record_key) AS r
    FROM identity_keyed GROUP BY unique_id
)

SELECT sha256(least(ea.evidence_id, eb.evidence_id) || greatest(ea.evidence_id, eb.evidence_id))[:24] AS review_id,
    ia.id AS beneficiary_id_a, ib.id AS beneficiary_id_b,
    fa.r.program AS program_a, fa.r.submission_id AS submission_id_a, fa.r.source_record_id AS source_record_id_a,
    fb.r.program AS program_b, fb.r.submission_id AS submission_id_b, fb.r.source_record_id AS source_record_id_b,
    round(d.weight, 4) AS match_weight, round(d.probability, 6) AS match_probability,
    CASE WHEN d.unlike THEN 'contradiction' WHEN d.weight >= {link_weight} THEN 'kept_apart_by_others' ELSE 'doubtful' END
        AS reason_code
FROM doubtful AS d
JOIN identity_evidence_clean AS ea ON d.a = ea.unique_id
JOIN identity_evidence_clean AS eb ON d.b = eb.unique_id
JOIN firsts AS fa ON d.a = fa.unique_id
JOIN firsts AS fb ON d.b = fb.unique_id
JOIN identity_ids AS ia ON d.cluster_a = ia.grp
JOIN identity_ids AS ib ON d.cluster_b = ib.grp;
