-- Which id each group of today keeps. Reads {groups}(member, evidence, grp) of today and
-- {old}(member, evidence, id) of the last run, {history}(id, issue_no, state), and {scope}(id), the ids
-- that anything happened to: all others stay as they are.
CREATE OR REPLACE TEMP TABLE _groups AS
SELECT grp, row_number() OVER (ORDER BY min(member)) AS place FROM {groups} GROUP BY grp;

CREATE OR REPLACE TEMP TABLE _shared AS
WITH by_member AS (
    SELECT g.grp, o.id, count(*) AS records FROM {groups} AS g JOIN {old} AS o USING (member) GROUP BY ALL
),

-- Records that were sent again under another submission are known by what they say.
by_evidence AS (
    SELECT g.grp, o.id, count(*) AS says
    FROM (SELECT DISTINCT grp, evidence FROM {groups}) AS g
    JOIN (SELECT DISTINCT id, evidence FROM {old}) AS o USING (evidence)
    GROUP BY ALL
)

SELECT grp, id, coalesce(records, 0) AS records, coalesce(says, 0) AS says, place
FROM by_member FULL JOIN by_evidence USING (grp, id) JOIN _groups USING (grp);

-- The larger part keeps the id; of parts alike, the one with the smallest record key.
CREATE OR REPLACE TEMP TABLE _kept AS
SELECT
    id,
    arg_max(
        grp, {'records': records, 'says': CASE WHEN records = 0 THEN says ELSE 0 END, 'place': -place}
    ) AS grp
FROM _shared GROUP BY id;

-- Of several ids that one group keeps, the older survives.
CREATE OR REPLACE TEMP TABLE _survivors AS
SELECT k.grp, arg_min(k.id, h.issue_no) AS id FROM _kept AS k JOIN {history} AS h USING (id) GROUP BY k.grp;

CREATE OR REPLACE TEMP TABLE _issued AS
SELECT
    g.grp,
    row_number() OVER (ORDER BY g.place) + (SELECT coalesce(max(issue_no), 0) FROM {history}) AS issue_no
FROM _groups AS g ANTI JOIN _survivors USING (grp);

CREATE OR REPLACE TEMP TABLE {target} AS
SELECT grp, id, NULL::bigint AS issue_no FROM _survivors
UNION ALL
-- Keyed and counted: nothing about a person goes into it, and without the key it cannot be counted back.
SELECT grp, '{prefix}' || sha256(getvariable('identity_key') || sha256(getvariable('identity_key') || '{prefix}' || issue_no))[:20],
    issue_no
FROM _issued;

CREATE OR REPLACE TEMP TABLE {target}_events AS
SELECT 'created' AS kind, a.id, NULL::varchar AS other_id
FROM {target} AS a WHERE a.issue_no IS NOT NULL AND NOT EXISTS (SELECT 1 FROM _shared AS s WHERE s.grp = a.grp)
UNION ALL
SELECT 'merged', v.id, k.id FROM _kept AS k JOIN _survivors AS v USING (grp) WHERE k.id <> v.id
UNION ALL
SELECT 'split', a.id, s.id
FROM _shared AS s JOIN {target} AS a USING (grp) JOIN _kept AS k ON s.id = k.id
WHERE k.grp <> s.grp AND (s.records > 0 OR a.issue_no IS NOT NULL)
UNION ALL
-- Somebody is back of whom no record was left.
SELECT 'revived', v.id, NULL FROM _survivors AS v JOIN {history} AS h USING (id) WHERE h.state = 'retired'
UNION ALL
SELECT 'retired', h.id, NULL FROM {history} AS h SEMI JOIN {scope} AS o ON h.id = o.id
ANTI JOIN _kept AS k ON h.id = k.id WHERE h.state = 'active';

CREATE OR REPLACE TEMP TABLE {target}_history AS
WITH moved AS (
    SELECT k.id, v.id AS now_id FROM _kept AS k JOIN _survivors AS v USING (grp)
)

SELECT
    h.id,
    -- An id that went into another follows it wherever it goes.
    coalesce(m.now_id, c.now_id, h.current_id) AS current_id,
    CASE
        WHEN m.now_id <> h.id THEN 'merged'
        WHEN m.now_id = h.id THEN 'active'
        WHEN h.state = 'active' AND o.id IS NOT NULL THEN 'retired'
        ELSE h.state
    END AS state,
    h.issue_no,
    h.issued_at
FROM {history} AS h
LEFT JOIN moved AS m USING (id)
LEFT JOIN moved AS c ON h.current_id = c.id
LEFT JOIN {scope} AS o ON h.id = o.id
UNION ALL
SELECT id, id, 'active', issue_no, {now} FROM {target} WHERE issue_no IS NOT NULL;
