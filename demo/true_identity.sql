-- The identity that a faultless linker would have found. Expects the truth as the relations
-- truth_rows and truth_household_membership, and the vault attached.

-- Each record of the vault with its true person and household; a record of nobody whom the truth
-- knows is a person of its own.
CREATE OR REPLACE TEMP TABLE true_record_links AS
SELECT
    r.program, r.submission_id, r.source_record_id,
    coalesce('p' || nullif(t.person_id, 0),
        'x' || md5(concat_ws('|', r.program, r.submission_id, r.source_record_id))) AS beneficiary_id,
    'h' || nullif(t.household_id, 0) AS household_id,
    1.0::DOUBLE AS match_probability,
    'decision' AS method
FROM vault.staging.persons AS r
INNER JOIN vault.quality.submissions AS s USING (submission_id)
LEFT JOIN truth_rows AS t
    ON t.program = s.program AND t.file_name = s.file_name
    AND r.source_record_id = t.source_row || ':' || t.role;

-- One spell per household, whatever its card and village. As the linker knows it, a spell ends only
-- where the next one begins: no list of households says that somebody has died or left.
CREATE OR REPLACE TEMP TABLE true_memberships AS
WITH stays AS (
    SELECT
        person_id, household_id, valid_from,
        lag(household_id) OVER (PARTITION BY person_id ORDER BY valid_from) AS before
    FROM truth_household_membership
)

SELECT
    'h' || household_id AS household_id,
    'p' || person_id AS beneficiary_id,
    'family_card' AS group_kind,
    valid_from,
    (lead(valid_from) OVER (PARTITION BY person_id ORDER BY valid_from) - INTERVAL 1 DAY)::DATE AS valid_to
FROM stays
WHERE household_id IS DISTINCT FROM before
    AND 'p' || person_id IN (SELECT beneficiary_id FROM true_record_links);

CREATE OR REPLACE TEMP TABLE true_households AS
SELECT
    household_id, count(DISTINCT beneficiary_id) AS members_count, min(valid_from) AS first_seen_on,
    1::BIGINT AS cards_count
FROM (
    SELECT household_id, beneficiary_id, valid_from FROM true_memberships
    UNION ALL
    SELECT household_id, beneficiary_id, NULL FROM true_record_links WHERE household_id IS NOT NULL
)
GROUP BY household_id;

CREATE OR REPLACE TEMP TABLE true_beneficiary_history AS
SELECT
    beneficiary_id, beneficiary_id AS current_beneficiary_id, 'active' AS state,
    row_number() OVER (ORDER BY length(beneficiary_id), beneficiary_id) AS issue_no,
    TIMESTAMP '2000-01-01' AS issued_at
FROM (SELECT DISTINCT beneficiary_id FROM true_record_links);

CREATE OR REPLACE TEMP TABLE true_household_history AS
SELECT
    household_id, household_id AS current_household_id, 'active' AS state,
    row_number() OVER (ORDER BY length(household_id), household_id) AS issue_no,
    TIMESTAMP '2000-01-01' AS issued_at
FROM true_households;
