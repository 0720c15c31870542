-- Households from family cards: {source}(record_key, person, program, card, observed_on, listed_on),
-- card null where none is known; listed_on is the day as of which the list speaks.
-- A person lives in one household at a time, whatever old cards other lists still carry, and all
-- records of that time are the household's. A household goes on under a new card when at least
-- half of the people of either card, and more than half of one of them, are the same.
CREATE OR REPLACE TEMP TABLE _cards AS
WITH said AS (
    SELECT person, program, listed_on, card, count(*) AS records, min(observed_on) AS learnt_on
    FROM {source} WHERE card IS NOT NULL AND listed_on IS NOT NULL
    GROUP BY ALL
),

weighed AS (
    SELECT
        *,
        sum(records) OVER (PARTITION BY card) AS card_records,
        sum(records) OVER (PARTITION BY person, card) AS seen,
        min(card) OVER (PARTITION BY person) <> max(card) OVER (PARTITION BY person) AS has_other
    FROM said
)

-- A card said once about somebody who has another is a slip of the pen.
SELECT person, program, listed_on, card, records, learnt_on, seen
FROM weighed WHERE NOT (card_records = 1 AND has_other);

-- What each list last said of a person holds until it speaks again, for half a year and a little.
-- What it said first holds back to the day it had learnt it, and in its first edition of all for
-- whatever was before: that it began later than another list says nothing about the person.
CREATE OR REPLACE TEMP TABLE _statements AS
WITH chosen AS (
    SELECT
        person, program, listed_on,
        arg_max(card, {'records': records, 'seen': seen, 'card': card}) AS card,
        min(learnt_on) AS learnt_on
    FROM _cards GROUP BY ALL
),

counted AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY person, program, card) AS times,
        lag(card) OVER w AS before,
        lead(card) OVER w AS after
    FROM chosen WINDOW w AS (PARTITION BY person, program ORDER BY listed_on)
),

-- A list that says another card once and takes it back has made a slip of the pen, too.
kept AS (
    SELECT person, program, listed_on, card, learnt_on, min(listed_on) OVER (PARTITION BY program) AS began_on
    FROM counted
    WHERE NOT coalesce(before = after AND card <> before AND times = 1, false)
)

SELECT
    person, program, listed_on, card,
    CASE
        WHEN lag(listed_on) OVER w IS NOT NULL THEN listed_on
        WHEN listed_on = began_on THEN DATE '0001-01-01'
        ELSE least(learnt_on, listed_on)
    END AS from_on,
    least(lead(listed_on) OVER w, (listed_on + INTERVAL 200 DAY)::date) AS until_on
FROM kept WINDOW w AS (PARTITION BY person, program ORDER BY listed_on);

-- Of lists that disagree, the one that names most people is believed: a register knows whole
-- families, a program only whom it pays.
CREATE OR REPLACE TEMP TABLE _sequence AS
WITH lists AS (
    SELECT program, row_number() OVER (ORDER BY count(DISTINCT person) DESC, program) AS list_rank
    FROM _cards GROUP BY program
),

torn AS (
    SELECT person FROM _statements GROUP BY person HAVING min(card) <> max(card)
),

days AS (
    SELECT DISTINCT person, listed_on AS observed_on FROM _statements SEMI JOIN torn USING (person)
)

SELECT person, min(listed_on) AS observed_on, any_value(card) AS card, max(listed_on) AS said_on
FROM _statements ANTI JOIN torn USING (person)
GROUP BY person
UNION ALL
SELECT d.person, d.observed_on, arg_min(s.card, l.list_rank) AS card, arg_min(s.listed_on, l.list_rank) AS said_on
FROM days AS d
JOIN _statements AS s
    ON d.person = s.person AND s.from_on <= d.observed_on
    AND (s.until_on > d.observed_on OR s.listed_on = d.observed_on)
JOIN lists AS l ON s.program = l.program
GROUP BY d.person, d.observed_on;

CREATE OR REPLACE TEMP TABLE _card_houses AS
WITH RECURSIVE seen AS (
    SELECT card, min(observed_on) AS first_on, count(DISTINCT person) AS people FROM _sequence GROUP BY card
),

stated AS (
    SELECT DISTINCT person, card FROM _cards SEMI JOIN seen USING (card)
),

candidates AS (
    SELECT a.card AS before, b.card, a.first_on AS before_on, b.first_on, count(*) AS movers
    FROM stated AS sa
    JOIN stated AS sb ON sa.person = sb.person AND sa.card <> sb.card
    JOIN seen AS a ON sa.card = a.card
    JOIN seen AS b ON sb.card = b.card AND (a.first_on, a.card) < (b.first_on, b.card)
    GROUP BY a.card, b.card, a.first_on, b.first_on, a.people, b.people
    HAVING movers * 2 >= greatest(a.people, b.people) AND movers * 2 > least(a.people, b.people)
),

successions AS (
    SELECT before, card FROM candidates
    QUALIFY row_number() OVER (PARTITION BY before ORDER BY movers DESC, first_on, card) = 1
        AND row_number() OVER (PARTITION BY card ORDER BY movers DESC, before_on DESC, before) = 1
),

chain AS (
    SELECT card, card AS house FROM seen WHERE card NOT IN (SELECT card FROM successions)
    UNION ALL
    SELECT s.card, c.house FROM chain AS c JOIN successions AS s ON c.card = s.before
)

SELECT card, house FROM chain;

CREATE OR REPLACE TEMP TABLE identity_house_stays AS
WITH housed AS (
    SELECT s.person, s.observed_on, s.said_on, h.house FROM _sequence AS s JOIN _card_houses AS h USING (card)
),

turned AS (
    SELECT
        *,
        lag(house) OVER w AS before,
        max(said_on) OVER (
            PARTITION BY person ORDER BY observed_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS before_on
    FROM housed WINDOW w AS (PARTITION BY person ORDER BY observed_on)
),

starts AS (
    SELECT person, house, observed_on, before, before_on
    FROM turned WHERE house IS DISTINCT FROM before
),

-- A quicker list may have told of the new household before the one that is believed: from when
-- that one last spoke of the former, the quicker one tells the day.
told AS (
    SELECT s.person, s.observed_on, min(c.listed_on) AS told_on, min(c.learnt_on) AS learnt_on
    FROM starts AS s
    JOIN _cards AS c ON s.person = c.person AND c.listed_on <= s.observed_on
        AND (s.before IS NULL OR c.listed_on > s.before_on)
    JOIN _card_houses AS h ON c.card = h.card AND s.house = h.house
    GROUP BY ALL
),

dated AS (
    SELECT
        s.person, s.house,
        CASE WHEN s.before IS NULL THEN least(s.observed_on, t.learnt_on) ELSE least(s.observed_on, t.told_on) END
            AS valid_from
    FROM starts AS s LEFT JOIN told AS t USING (person, observed_on)
)

-- valid_to is the last day: the day before another household was first seen; null while it holds.
SELECT person, house, valid_from,
    (lead(valid_from) OVER (PARTITION BY person ORDER BY valid_from) - INTERVAL 1 DAY)::date AS valid_to
FROM dated;

-- A record of a time before all stays belongs to the first one.
CREATE OR REPLACE TEMP TABLE identity_record_houses AS
SELECT
    s.record_key,
    coalesce(stay.house, first.house) AS house,
    -- The card speaks for the household only where it is one of its own.
    CASE WHEN own.house = coalesce(stay.house, first.house) THEN s.card END AS card
FROM {source} AS s
LEFT JOIN identity_house_stays AS stay
    ON s.person = stay.person AND s.listed_on >= stay.valid_from
    AND s.listed_on <= coalesce(stay.valid_to, DATE '9999-12-31')
LEFT JOIN (
    SELECT person, arg_min(house, valid_from) AS house FROM identity_house_stays GROUP BY person
) AS first ON s.person = first.person
LEFT JOIN _card_houses AS own ON s.card = own.card;
