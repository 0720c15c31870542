-- name: apart_before
-- Records that say the same and that people told apart, as the last run left them.
CREATE OR REPLACE TEMP TABLE identity_apart AS
SELECT program, submission_id, source_record_id, true AS is_apart
FROM {records} SEMI JOIN identity_rows USING (program, submission_id, source_record_id)
WHERE is_apart;

CREATE OR REPLACE TEMP TABLE identity_successors (
    program VARCHAR, submission_id VARCHAR, source_record_id VARCHAR, next_submission_id VARCHAR, next_record_id VARCHAR
);

-- name: says
-- What today's records say, without what keeps records apart that say the same.
CREATE OR REPLACE TEMP TABLE identity_says AS
SELECT evidence_id, hash({columns}) AS says FROM identity_evidence_read
UNION ALL
SELECT evidence_id, hash({columns}) AS says
FROM {before_evidence} ANTI JOIN identity_evidence_read USING (evidence_id)
SEMI JOIN identity_kept USING (evidence_id);

-- name: anchored
-- The decisions in force by the records that they stand on today: those that people saw, or the
-- ones in which the same was said on when these were last there, or their successors in a
-- corrected submission, or else a record that says just what they said.
CREATE OR REPLACE TEMP TABLE identity_anchors AS
WITH sides AS (
    SELECT decision_id, verdict, decided_at, 'a' AS side, program_a AS program, submission_id_a AS submission_id,
        source_record_id_a AS source_record_id
    FROM {decisions} WHERE withdrawn_at IS NULL AND verdict IN ('same', 'different')
    UNION ALL
    SELECT decision_id, verdict, decided_at, 'b', program_b, submission_id_b, source_record_id_b
    FROM {decisions} WHERE withdrawn_at IS NULL AND verdict IN ('same', 'different')
),

former AS (
    SELECT s.decision_id, s.side, unnest([
        {'rank': 1, 'program': s.program, 'submission_id': s.submission_id, 'source_record_id': s.source_record_id},
        {'rank': 2, 'program': l.program, 'submission_id': l.submission_id, 'source_record_id': l.source_record_id}
    ], recursive := true)
    FROM sides AS s LEFT JOIN {decision_anchors} AS l USING (decision_id, side)
),

candidates AS (
    SELECT decision_id, side, rank, program, submission_id, source_record_id FROM former
    UNION ALL
    SELECT f.decision_id, f.side, 2 + rank, f.program, n.next_submission_id, n.next_record_id
    FROM former AS f JOIN identity_successors AS n USING (program, submission_id, source_record_id)
    UNION ALL
    SELECT l.decision_id, l.side, 5, (c.first).program, (c.first).submission_id, (c.first).source_record_id
    FROM {decision_anchors} AS l
    JOIN (
        SELECT y.says, min({'program': n.program, 'submission_id': n.submission_id,
            'source_record_id': n.source_record_id}) AS first
        FROM {all_now} AS n JOIN identity_says AS y USING (evidence_id)
        WHERE n.is_sufficient AND y.says IN (SELECT says FROM {decision_anchors})
        GROUP BY y.says
    ) AS c USING (says)
),

found AS (
    SELECT decision_id, side, rank, program, submission_id, source_record_id
    FROM candidates SEMI JOIN identity_rows USING (program, submission_id, source_record_id)
    QUALIFY row_number() OVER (PARTITION BY decision_id, side ORDER BY rank) = 1
)

SELECT s.decision_id, s.verdict, s.decided_at, s.side, f.rank IS NOT NULL AS stands,
    coalesce(f.program, l.program, s.program) AS program,
    coalesce(f.submission_id, l.submission_id, s.submission_id) AS submission_id,
    coalesce(f.source_record_id, l.source_record_id, s.source_record_id) AS source_record_id,
    y.says AS says_now, coalesce(y.says, l.says) AS says
FROM sides AS s
LEFT JOIN found AS f USING (decision_id, side)
LEFT JOIN {decision_anchors} AS l USING (decision_id, side)
LEFT JOIN {all_now} AS n
    ON f.program = n.program AND f.submission_id = n.submission_id AND f.source_record_id = n.source_record_id
LEFT JOIN identity_says AS y ON n.evidence_id = y.evidence_id;

CREATE OR REPLACE TEMP TABLE identity_apart_wanted AS
SELECT DISTINCT unnest([
    {'program': a.program, 'submission_id': a.submission_id, 'source_record_id': a.source_record_id},
    {'program': b.program, 'submission_id': b.submission_id, 'source_record_id': b.source_record_id}
], recursive := true)
FROM identity_anchors AS a JOIN identity_anchors AS b
    ON a.decision_id = b.decision_id AND a.side = 'a' AND b.side = 'b' AND a.says_now = b.says_now
WHERE a.verdict = 'different' AND a.stands AND b.stands
    AND (a.program, a.submission_id, a.source_record_id) <> (b.program, b.submission_id, b.source_record_id);

-- name: undecided
CREATE OR REPLACE TEMP TABLE identity_anchors (
    decision_id VARCHAR, verdict VARCHAR, decided_at TIMESTAMP, side VARCHAR, stands BOOLEAN, program VARCHAR,
    submission_id VARCHAR, source_record_id VARCHAR, says_now UBIGINT, says UBIGINT
);

CREATE OR REPLACE TEMP TABLE identity_apart_wanted AS SELECT * EXCLUDE (is_apart) FROM identity_apart LIMIT 0;

-- name: apart_again
INSERT INTO identity_reading
SELECT DISTINCT w.program, w.submission_id FROM (
    (SELECT program, submission_id, source_record_id FROM identity_apart_wanted
        EXCEPT SELECT program, submission_id, source_record_id FROM identity_apart)
    UNION ALL
    (SELECT program, submission_id, source_record_id FROM identity_apart
        EXCEPT SELECT program, submission_id, source_record_id FROM identity_apart_wanted)
) AS w ANTI JOIN identity_reading AS r ON w.program = r.program AND w.submission_id = r.submission_id;

CREATE OR REPLACE TEMP TABLE identity_apart AS SELECT *, true AS is_apart FROM identity_apart_wanted;

-- name: went
-- Rows that went, or say something else now and may be somebody else's, under a program, area and
-- period of which rows came. People whose last record went in an earlier run are not forgotten.
CREATE OR REPLACE TEMP TABLE identity_went AS
SELECT g.program, g.submission_id, g.source_record_id, g.source_row, g.role, g.evidence_id, {stem_gone} AS stem
FROM (
    SELECT * FROM identity_gone
    UNION ALL
    SELECT program, submission_id, source_record_id, source_row, role, evidence_id FROM {remembered}
    UNION ALL
    SELECT r.program, r.submission_id, r.source_record_id, r.source_row, r.role, r.evidence_id
    FROM {records} AS r JOIN identity_said AS n USING (program, submission_id, source_record_id)
    WHERE r.evidence_id <> n.evidence_id
) AS g
WHERE stem IN (SELECT {stem_came} FROM (SELECT DISTINCT submission_id FROM identity_said) AS n);

-- name: former
CREATE OR REPLACE TEMP TABLE identity_former AS
SELECT * FROM {evidence} SEMI JOIN identity_went USING (evidence_id)
UNION ALL BY NAME
SELECT * EXCLUDE (program, submission_id, source_record_id, source_row, role, beneficiary_id)
FROM (FROM {remembered} QUALIFY row_number() OVER (PARTITION BY evidence_id ORDER BY beneficiary_id) = 1)
SEMI JOIN identity_went USING (evidence_id)
ANTI JOIN {evidence} USING (evidence_id);

-- name: superseded
-- A corrected submission names the same people in other rows. A record that went and one that came
-- under the same program, area and period are one person's if they say the same.
CREATE OR REPLACE TEMP TABLE identity_went AS
SELECT g.*, y.says
FROM identity_went AS g
JOIN (SELECT evidence_id, hash({shared_columns}) AS says FROM identity_former) AS y USING (evidence_id);

CREATE OR REPLACE TEMP TABLE identity_came AS
SELECT n.program, n.submission_id, n.source_record_id, n.source_row, n.role, n.evidence_id,
    {stem_came} AS stem, y.says
FROM identity_said AS n
JOIN (SELECT evidence_id, hash({shared_columns}) AS says FROM identity_evidence_read) AS y USING (evidence_id)
LEFT JOIN {records} AS r USING (program, submission_id, source_record_id)
WHERE r.evidence_id IS DISTINCT FROM n.evidence_id AND {stem_came} IN (SELECT stem FROM identity_went);

CREATE OR REPLACE TEMP TABLE identity_successors AS
WITH went AS (
    SELECT *, row_number() OVER (PARTITION BY program, stem, role, says ORDER BY submission_id, source_row, source_record_id)
        AS place
    FROM identity_went
),

came AS (
    SELECT *, row_number() OVER (PARTITION BY program, stem, role, says ORDER BY submission_id, source_row, source_record_id)
        AS place
    FROM identity_came
)

SELECT w.program, w.submission_id, w.source_record_id, c.submission_id AS next_submission_id,
    c.source_record_id AS next_record_id
FROM went AS w JOIN came AS c USING (program, stem, role, says, place);

-- name: corrected
-- What is left on both sides says something else now: compared like any other two records.
CREATE OR REPLACE TEMP TABLE identity_unmatched AS
SELECT 'w' || evidence_id AS side_id, evidence_id FROM identity_went
ANTI JOIN identity_successors USING (program, submission_id, source_record_id)
UNION
SELECT 'c' || c.evidence_id, c.evidence_id FROM identity_came AS c
ANTI JOIN identity_successors AS s ON c.program = s.program AND c.submission_id = s.next_submission_id
    AND c.source_record_id = s.next_record_id;

CREATE OR REPLACE TEMP TABLE identity_evidence_all AS
SELECT 'w' || evidence_id AS evidence_id, * EXCLUDE (evidence_id) FROM identity_former
WHERE 'w' || evidence_id IN (SELECT side_id FROM identity_unmatched)
UNION ALL BY NAME
SELECT 'c' || evidence_id AS evidence_id, * EXCLUDE (evidence_id) FROM identity_evidence_read
WHERE 'c' || evidence_id IN (SELECT side_id FROM identity_unmatched);

-- name: succeeded
INSERT INTO identity_successors
WITH went AS (
    SELECT w.*, e.unique_id FROM identity_went AS w
    JOIN identity_evidence_clean AS e ON 'w' || w.evidence_id = e.evidence_id
    ANTI JOIN identity_successors USING (program, submission_id, source_record_id)
),

came AS (
    SELECT c.*, e.unique_id FROM identity_came AS c
    JOIN identity_evidence_clean AS e ON 'c' || c.evidence_id = e.evidence_id
    ANTI JOIN identity_successors AS s ON c.program = s.program AND c.submission_id = s.next_submission_id
        AND c.source_record_id = s.next_record_id
),

alike AS (
    SELECT w.program, w.submission_id, w.source_record_id, w.source_row,
        c.submission_id AS next_submission_id, c.source_record_id AS next_record_id, c.source_row AS next_row, p.weight
    FROM identity_alike AS p
    JOIN went AS w ON p.a = w.unique_id OR p.b = w.unique_id
    JOIN came AS c ON w.program = c.program AND w.stem = c.stem AND w.role = c.role
        AND (p.a = c.unique_id OR p.b = c.unique_id)
    WHERE NOT p.unlike AND p.weight >= {link}
)

-- Each is the other's best.
SELECT program, submission_id, source_record_id, next_submission_id, next_record_id FROM alike
QUALIFY row_number() OVER (
        PARTITION BY program, submission_id, source_record_id
        ORDER BY weight DESC, next_row = source_row DESC, next_submission_id, next_record_id
    ) = 1
    AND row_number() OVER (
        PARTITION BY program, next_submission_id, next_record_id
        ORDER BY weight DESC, next_row = source_row DESC, submission_id, source_record_id
    ) = 1;

-- A mended number or card may be all the difference: one name and one day of birth, once on each side.
INSERT INTO identity_successors
WITH went AS (
    SELECT w.program, w.stem, w.role, e.name_key, e.birth_on,
        min(w.submission_id) AS submission_id, min(w.source_record_id) AS source_record_id
    FROM identity_went AS w JOIN identity_evidence_all AS e ON 'w' || w.evidence_id = e.evidence_id
    ANTI JOIN identity_successors USING (program, submission_id, source_record_id)
    WHERE e.name_key IS NOT NULL AND e.birth_on IS NOT NULL
    GROUP BY ALL HAVING count(*) = 1
),

came AS (
    SELECT c.program, c.stem, c.role, e.name_key, e.birth_on,
        min(c.submission_id) AS submission_id, min(c.source_record_id) AS source_record_id
    FROM identity_came AS c JOIN identity_evidence_all AS e ON 'c' || c.evidence_id = e.evidence_id
    ANTI JOIN identity_successors AS s ON c.program = s.program AND c.submission_id = s.next_submission_id
        AND c.source_record_id = s.next_record_id
    WHERE e.name_key IS NOT NULL AND e.birth_on IS NOT NULL
    GROUP BY ALL HAVING count(*) = 1
)

SELECT w.program, w.submission_id, w.source_record_id, c.submission_id, c.source_record_id
FROM went AS w JOIN came AS c USING (program, stem, role, name_key, birth_on);

-- One name alone, once on each side, where nothing that both tell contradicts.
INSERT INTO identity_successors
WITH went AS (
    SELECT w.program, w.stem, w.role, e.name_key, min(e.birth_on) AS birth_on, min(e.nik) AS nik, min(e.area) AS area,
        min(w.submission_id) AS submission_id, min(w.source_record_id) AS source_record_id
    FROM identity_went AS w JOIN identity_evidence_all AS e ON 'w' || w.evidence_id = e.evidence_id
    ANTI JOIN identity_successors USING (program, submission_id, source_record_id)
    WHERE e.name_key IS NOT NULL
    GROUP BY ALL HAVING count(*) = 1
),

came AS (
    SELECT c.program, c.stem, c.role, e.name_key, min(e.birth_on) AS birth_on, min(e.nik) AS nik, min(e.area) AS area,
        min(c.submission_id) AS submission_id, min(c.source_record_id) AS source_record_id
    FROM identity_came AS c JOIN identity_evidence_all AS e ON 'c' || c.evidence_id = e.evidence_id
    ANTI JOIN identity_successors AS s ON c.program = s.program AND c.submission_id = s.next_submission_id
        AND c.source_record_id = s.next_record_id
    WHERE e.name_key IS NOT NULL
    GROUP BY ALL HAVING count(*) = 1
)

SELECT w.program, w.submission_id, w.source_record_id, c.submission_id, c.source_record_id
FROM went AS w JOIN came AS c USING (program, stem, role, name_key)
WHERE coalesce(w.birth_on = c.birth_on, true) AND coalesce(w.nik = c.nik, true) AND coalesce(w.area = c.area, true);

-- name: decided
-- A later decision on what the same two records say takes the place of an earlier.
CREATE OR REPLACE TEMP TABLE identity_decided_pairs AS
WITH stood AS (
    SELECT k.decision_id, k.side, k.verdict, k.decided_at, c.unique_id
    FROM identity_anchors AS k
    JOIN identity_now AS n USING (program, submission_id, source_record_id)
    JOIN identity_compared AS c ON n.evidence_id = c.evidence_id
    WHERE k.stands
)

SELECT least(l.unique_id, r.unique_id) AS a, greatest(l.unique_id, r.unique_id) AS b, l.verdict
FROM stood AS l JOIN stood AS r ON l.decision_id = r.decision_id AND l.side = 'a' AND r.side = 'b'
WHERE l.unique_id <> r.unique_id
QUALIFY row_number() OVER (PARTITION BY a, b ORDER BY l.decided_at DESC, l.decision_id DESC) = 1;

-- name: edges
CREATE OR REPLACE TEMP TABLE identity_edges AS
SELECT coalesce(s.a, f.a) AS a, coalesce(s.b, f.b) AS b,
    CASE WHEN f.a IS NOT NULL THEN {forced} ELSE s.weight END AS weight,
    coalesce(s.probability, 1.0) AS probability, coalesce(s.unlike, false) AND f.a IS NULL AS unlike
FROM identity_scored AS s
FULL JOIN (SELECT a, b FROM identity_decided_pairs WHERE verdict = 'same') AS f ON s.a = f.a AND s.b = f.b;

-- name: keyed
-- The records of what is looked at again, and of what may be doubted.
CREATE OR REPLACE TEMP TABLE identity_keyed AS
SELECT n.*, concat_ws('|', n.program, n.submission_id, n.source_record_id) AS record_key, c.unique_id
FROM identity_now AS n JOIN identity_compared AS c USING (evidence_id)
SEMI JOIN identity_watched AS w ON c.unique_id = w.unique_id;

-- name: guards
-- Two roles of one row are two people, unless they bear one name.
CREATE OR REPLACE TEMP TABLE identity_kept_apart AS
SELECT DISTINCT least(l.unique_id, r.unique_id) AS a, greatest(l.unique_id, r.unique_id) AS b
FROM identity_keyed AS kl JOIN identity_keyed AS kr
    ON kl.submission_id = kr.submission_id AND kl.source_row = kr.source_row AND kl.role < kr.role
JOIN identity_evidence_all AS l0 ON kl.evidence_id = l0.evidence_id
JOIN identity_evidence_all AS r0 ON kr.evidence_id = r0.evidence_id
JOIN identity_compared AS l ON kl.evidence_id = l.evidence_id
JOIN identity_compared AS r ON kr.evidence_id = r.evidence_id
WHERE kl.unique_id <> kr.unique_id AND l0.name_key IS NOT NULL AND r0.name_key IS NOT NULL
    AND l0.phonetic_key <> r0.phonetic_key
    AND jaro_winkler_similarity(l0.joined_key, r0.joined_key) < 0.92
    AND NOT (l0.first_sound = r0.first_sound AND coalesce(l0.nik = r0.nik, false))
UNION
SELECT a, b FROM identity_decided_pairs WHERE verdict = 'different';

-- name: grouped
-- Ids of clusters that nothing touched stay; the others are given anew.
CREATE OR REPLACE TEMP TABLE identity_people AS
SELECT concat_ws('|', n.program, n.submission_id, n.source_record_id) AS member, n.evidence_id AS evidence, c.cluster AS grp
FROM identity_now AS n
JOIN identity_compared AS k USING (evidence_id)
JOIN identity_clusters AS c ON k.unique_id = c.unique_id
SEMI JOIN identity_region AS r ON k.unique_id = r.unique_id;

CREATE OR REPLACE TEMP TABLE identity_old_scope AS
SELECT b.beneficiary_id AS id
FROM {before_compared} AS b LEFT JOIN identity_compared AS k USING (evidence_id)
WHERE k.unique_id IS NULL OR k.unique_id IN (SELECT unique_id FROM identity_region)
UNION
SELECT beneficiary_id FROM {record_links} SEMI JOIN identity_reading USING (program, submission_id);

CREATE OR REPLACE TEMP TABLE identity_old_people AS
SELECT
    CASE
        WHEN n.program IS NOT NULL THEN concat_ws('|', l.program, n.next_submission_id, n.next_record_id)
        WHEN t.program IS NULL THEN concat_ws('|', l.program, l.submission_id, l.source_record_id)
    END AS member,
    r.evidence_id AS evidence, l.beneficiary_id AS id
FROM {record_links} AS l
SEMI JOIN identity_old_scope AS o ON l.beneficiary_id = o.id
JOIN {records} AS r USING (program, submission_id, source_record_id)
LEFT JOIN identity_successors AS n USING (program, submission_id, source_record_id)
-- Rows that have become somebody else's.
LEFT JOIN identity_successors AS t
    ON l.program = t.program AND l.submission_id = t.next_submission_id AND l.source_record_id = t.next_record_id
UNION ALL
SELECT concat_ws('|', m.program, n.next_submission_id, n.next_record_id), m.evidence_id, m.beneficiary_id
FROM {remembered} AS m LEFT JOIN identity_successors AS n USING (program, submission_id, source_record_id);

CREATE OR REPLACE TEMP TABLE identity_old_history AS
SELECT beneficiary_id AS id, current_beneficiary_id AS current_id, state, issue_no, issued_at
FROM {beneficiary_id_history};

-- name: all_ids
INSERT INTO identity_ids
SELECT c.cluster AS grp, any_value(b.beneficiary_id) AS id, NULL AS issue_no
FROM identity_clusters AS c
JOIN identity_compared AS k USING (unique_id)
JOIN {before_compared} AS b USING (evidence_id)
ANTI JOIN identity_region AS r ON c.unique_id = r.unique_id
GROUP BY c.cluster;

-- name: old_houses
CREATE OR REPLACE TEMP TABLE identity_old_houses AS
WITH housed AS (
    SELECT
        concat_ws('|', l.program, coalesce(n.next_submission_id, l.submission_id),
            coalesce(n.next_record_id, l.source_record_id)) AS member, r.kk_number,
        l.household_id AS id, count(*) OVER (PARTITION BY r.kk_number, l.household_id) AS says
    FROM {record_links} AS l JOIN {records} AS r USING (program, submission_id, source_record_id)
    LEFT JOIN identity_successors AS n USING (program, submission_id, source_record_id)
    WHERE l.household_id IS NOT NULL
)

-- An outdated card on some record speaks for the household where it mostly stands.
SELECT member, id,
    CASE WHEN id = first_value(id) OVER (PARTITION BY kk_number ORDER BY says DESC, id) THEN kk_number END AS evidence
FROM housed
UNION ALL
SELECT NULL, household_id, 'people|' || household_id FROM identity_same_houses;

CREATE OR REPLACE TEMP TABLE identity_old_house_history AS
SELECT household_id AS id, current_household_id AS current_id, state, issue_no, issued_at
FROM {household_id_history};

-- name: housed
CREATE OR REPLACE TEMP TABLE identity_carded AS
SELECT concat_ws('|', n.program, n.submission_id, n.source_record_id) AS record_key, n.program, a.id AS person,
    e.kk AS card, n.observed_on, n.listed_on
FROM identity_now AS n
JOIN identity_evidence AS e USING (evidence_id)
JOIN identity_clusters AS c ON e.unique_id = c.unique_id
JOIN identity_ids AS a ON c.cluster = a.grp;

-- name: house_groups
-- Most of the people of a household are most of one of today's: it is the same, whatever its card.
CREATE OR REPLACE TEMP TABLE identity_same_houses AS
WITH today AS (
    SELECT DISTINCT s.house, s.person FROM identity_house_stays AS s WHERE s.valid_to IS NULL
),

earlier AS (
    SELECT DISTINCT m.household_id, coalesce(h.current_id, m.beneficiary_id) AS person
    FROM {household_memberships} AS m LEFT JOIN identity_ids_history AS h ON m.beneficiary_id = h.id
    WHERE m.valid_to IS NULL AND m.group_kind = 'family_card'
)

SELECT e.household_id, t.house
FROM earlier AS e JOIN today AS t USING (person)
GROUP BY e.household_id, t.house
HAVING count(*) * 2 > (SELECT count(*) FROM earlier AS x WHERE x.household_id = e.household_id)
    AND count(*) * 2 > (SELECT count(*) FROM today AS x WHERE x.house = t.house);

CREATE OR REPLACE TEMP TABLE identity_houses AS
SELECT record_key AS member, card AS evidence, house AS grp FROM identity_record_houses WHERE house IS NOT NULL
UNION ALL
SELECT NULL, 'people|' || household_id, house FROM identity_same_houses SEMI JOIN identity_record_houses USING (house);

-- name: results
CREATE OR REPLACE TEMP VIEW out_records AS
SELECT s.program, s.submission_id, s.source_record_id, s.source_row, s.role, s.observed_on, s.listed_on, s.evidence_id,
    s.is_sufficient, s.nik_class, s.nik_number, s.nik_known AS nik_known_digits, s.nik_confidence, s.nik_is_doubted,
    s.kk_class, s.kk_number, s.name_key, s.sorted_key AS name_sorted_key, s.phonetic_key AS name_phonetic_key,
    s.birth_on, s.birth_year, s.sex AS sex_code, s.mother_key, s.father_key, s.area_code, s.address_key,
    s.phone, s.nisn, s.welfare_card_number, s.insurance_number, s.account_number, s.program_number,
    s.row_hash, coalesce(s.is_apart, false) AS is_apart
FROM identity_said AS s;

CREATE OR REPLACE TEMP TABLE identity_region_links AS
WITH inside AS (
    -- The best pair that holds a row in its cluster.
    SELECT unique_id, max({'weight': weight, 'probability': probability}) AS best FROM (
        SELECT a AS unique_id, weight, probability, ca.cluster FROM identity_region_edges AS e
        JOIN identity_clusters AS ca ON e.a = ca.unique_id
        JOIN identity_clusters AS cb ON e.b = cb.unique_id AND ca.cluster = cb.cluster
        UNION ALL
        SELECT b, weight, probability, ca.cluster FROM identity_region_edges AS e
        JOIN identity_clusters AS ca ON e.a = ca.unique_id
        JOIN identity_clusters AS cb ON e.b = cb.unique_id AND ca.cluster = cb.cluster
    ) GROUP BY unique_id
),

counted AS (
    SELECT unique_id, count(*) AS records FROM identity_keyed GROUP BY unique_id
)

SELECT k.program, k.submission_id, k.source_record_id, a.id AS beneficiary_id,
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
LEFT JOIN inside AS i USING (unique_id);

-- Of all links, with whether the last run may have left another.
CREATE OR REPLACE TEMP TABLE identity_all_links AS
SELECT l.* EXCLUDE (household_id, is_anew), h.id AS household_id,
    is_anew OR l.household_id IS DISTINCT FROM h.id AS is_touched
FROM (
    SELECT program, submission_id, source_record_id, beneficiary_id, match_probability, method,
        NULL::varchar AS household_id, true AS is_anew
    FROM identity_region_links
    UNION ALL
    SELECT program, submission_id, source_record_id, beneficiary_id, match_probability, method, household_id, false
    FROM {before_record_links}
    ANTI JOIN identity_region_links USING (program, submission_id, source_record_id)
    ANTI JOIN identity_gone USING (program, submission_id, source_record_id)
) AS l
LEFT JOIN identity_record_houses AS rh
    ON concat_ws('|', l.program, l.submission_id, l.source_record_id) = rh.record_key
LEFT JOIN identity_house_ids AS h ON rh.house = h.grp;

CREATE OR REPLACE TEMP VIEW out_record_links AS
SELECT program, submission_id, source_record_id, beneficiary_id, household_id, match_probability, method
FROM identity_all_links;

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

CREATE OR REPLACE TEMP TABLE identity_retired AS SELECT id FROM identity_ids_history WHERE state = 'retired';

CREATE OR REPLACE TEMP TABLE out_remembered AS
SELECT l.program, l.submission_id, l.source_record_id, r.source_row, r.role, l.beneficiary_id, e.*
FROM {record_links} AS l
SEMI JOIN identity_retired AS x ON l.beneficiary_id = x.id
JOIN {records} AS r USING (program, submission_id, source_record_id)
JOIN {evidence} AS e USING (evidence_id)
UNION ALL BY NAME
SELECT * FROM {remembered} SEMI JOIN identity_retired ON beneficiary_id = id
ANTI JOIN {record_links} AS l USING (program, submission_id, source_record_id);

-- What increments start from.
CREATE OR REPLACE TEMP TABLE out_evidence AS SELECT * FROM identity_evidence_read
SEMI JOIN identity_evidence_all USING (evidence_id);

-- Rows outside the region are as they were.
CREATE OR REPLACE TEMP TABLE out_compared AS
SELECT k.* EXCLUDE (unique_id), h.evidence_id AS cluster_key, a.id AS beneficiary_id,
    k.unique_id IN (SELECT unnest([a, b]) FROM identity_decided_pairs) AS is_decided
FROM identity_compared AS k
JOIN identity_clusters AS c USING (unique_id)
JOIN identity_compared AS h ON c.cluster = h.unique_id
JOIN identity_ids AS a ON c.cluster = a.grp
SEMI JOIN identity_region AS r ON k.unique_id = r.unique_id;

CREATE OR REPLACE TEMP TABLE out_pairs AS
SELECT a.evidence_id AS a, b.evidence_id AS b, n.weight, n.probability, n.unlike
FROM identity_scored_now AS n
JOIN identity_compared AS a ON n.a = a.unique_id
JOIN identity_compared AS b ON n.b = b.unique_id
WHERE n.a IN (SELECT unique_id FROM identity_changed) OR n.b IN (SELECT unique_id FROM identity_changed);

CREATE OR REPLACE TEMP TABLE out_anchors AS
SELECT decision_id, side, program, submission_id, source_record_id, says FROM identity_anchors;

CREATE OR REPLACE TEMP TABLE out_state AS SELECT 1 AS state_no, {fingerprint} AS fingerprint;

-- name: doubtful
-- One pair per two people: the one that says most.
CREATE OR REPLACE TEMP TABLE identity_doubtful AS
SELECT e.a, e.b, e.weight, e.probability, e.unlike, ca.cluster AS cluster_a, cb.cluster AS cluster_b
FROM identity_edges AS e
JOIN identity_clusters AS ca ON e.a = ca.unique_id
JOIN identity_clusters AS cb ON e.b = cb.unique_id
WHERE ca.cluster <> cb.cluster
    AND e.weight >= CASE WHEN e.unlike THEN {unlike_review_weight} ELSE {review_weight} END;

CREATE OR REPLACE TEMP TABLE identity_watched AS
SELECT DISTINCT unnest([a, b]) AS unique_id FROM identity_doubtful;

-- name: review
CREATE OR REPLACE TEMP TABLE out_review AS
WITH doubtful AS (
    -- How much all pairs of the two say together: one odd pair among many is not worth a look.
    SELECT e.*, (weight + avg(weight) OVER (PARTITION BY least(cluster_a, cluster_b), greatest(cluster_a, cluster_b))) / 2
        - CASE WHEN unlike THEN {unlike_less} ELSE 0 END AS promise
    FROM identity_doubtful AS e ANTI JOIN identity_kept_apart USING (a, b)
    QUALIFY row_number() OVER (
        PARTITION BY least(cluster_a, cluster_b), greatest(cluster_a, cluster_b)
        ORDER BY unlike, weight DESC, a, b
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
JOIN identity_compared AS ea ON d.a = ea.unique_id
JOIN identity_compared AS eb ON d.b = eb.unique_id
JOIN firsts AS fa ON d.a = fa.unique_id
JOIN firsts AS fb ON d.b = fb.unique_id
JOIN identity_ids AS ia ON d.cluster_a = ia.grp
JOIN identity_ids AS ib ON d.cluster_b = ib.grp
-- People can read so many: the most promising first.
QUALIFY row_number() OVER (ORDER BY d.promise DESC, review_id) <= {review_most};
