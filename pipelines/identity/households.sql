-- Households from family cards: {source}(record_key, person, card, observed_on), card null where
-- none is known. A card names a household; a household goes on under a new card when at least half
-- of the people of either card are the same.
CREATE OR REPLACE TEMP TABLE _cards AS
SELECT person, card, observed_on, count(*) AS records
FROM {source} WHERE card IS NOT NULL AND observed_on IS NOT NULL
GROUP BY ALL;

-- A card said once about somebody who has another is a slip of the pen, and so is one that stands
-- between two sightings of another card.
CREATE OR REPLACE TEMP TABLE _sequence AS
WITH cards AS (
    SELECT card, sum(records) AS records, count(DISTINCT person) AS people FROM _cards GROUP BY card
),

persons AS (
    SELECT person, count(DISTINCT card) AS cards FROM _cards GROUP BY person
),

weighed AS (
    SELECT c.* FROM _cards AS c JOIN cards AS k USING (card) JOIN persons AS p USING (person)
    WHERE NOT (k.records = 1 AND p.cards > 1)
),

chosen AS (
    SELECT person, observed_on, arg_max(card, {'records': records, 'seen': seen, 'card': card}) AS card
    FROM (SELECT *, sum(records) OVER (PARTITION BY person, card) AS seen FROM weighed)
    GROUP BY person, observed_on
)

SELECT person, observed_on, card
FROM (
    SELECT *, lag(card) OVER w AS before, lead(card) OVER w AS after
    FROM chosen WINDOW w AS (PARTITION BY person ORDER BY observed_on)
)
WHERE NOT (before IS NOT NULL AND after IS NOT NULL AND before = after AND card <> before);

CREATE OR REPLACE TEMP TABLE _card_houses AS
WITH RECURSIVE seen AS (
    SELECT card, min(observed_on) AS first_on, count(DISTINCT person) AS people FROM _sequence GROUP BY card
),

moves AS (
    SELECT before, card, count(DISTINCT person) AS movers
    FROM (SELECT *, lag(card) OVER (PARTITION BY person ORDER BY observed_on) AS before FROM _sequence)
    WHERE before <> card
    GROUP BY ALL
),

candidates AS (
    SELECT m.before, m.card, m.movers
    FROM moves AS m JOIN seen AS a ON m.before = a.card JOIN seen AS b ON m.card = b.card
    WHERE m.movers * 2 >= a.people AND m.movers * 2 >= b.people AND (a.first_on, a.card) < (b.first_on, b.card)
),

successions AS (
    SELECT before, card FROM candidates
    QUALIFY row_number() OVER (PARTITION BY before ORDER BY movers DESC, card) = 1
        AND row_number() OVER (PARTITION BY card ORDER BY movers DESC, before) = 1
),

chain AS (
    SELECT card, card AS house FROM seen WHERE card NOT IN (SELECT card FROM successions)
    UNION ALL
    SELECT s.card, c.house FROM chain AS c JOIN successions AS s ON c.card = s.before
)

SELECT card, house FROM chain;

CREATE OR REPLACE TEMP TABLE identity_house_stays AS
WITH housed AS (
    SELECT s.person, s.observed_on, h.house FROM _sequence AS s JOIN _card_houses AS h USING (card)
),

turned AS (
    SELECT *, house IS DISTINCT FROM lag(house) OVER (PARTITION BY person ORDER BY observed_on) AS turns FROM housed
),

starts AS (
    SELECT person, house, observed_on AS valid_from FROM turned WHERE turns
)

-- valid_to is the last day: the day before another card was first seen; null while it holds.
SELECT person, house, valid_from,
    (lead(valid_from) OVER (PARTITION BY person ORDER BY valid_from) - INTERVAL 1 DAY)::date AS valid_to
FROM starts;

CREATE OR REPLACE TEMP TABLE identity_record_houses AS
SELECT s.record_key, s.card, coalesce(own.house, stay.house) AS house
FROM {source} AS s
LEFT JOIN (
    SELECT DISTINCT q.person, q.card, h.house FROM _sequence AS q JOIN _card_houses AS h USING (card)
) AS own ON s.person = own.person AND s.card = own.card
LEFT JOIN identity_house_stays AS stay
    ON s.person = stay.person AND s.observed_on >= stay.valid_from
    AND s.observed_on <= coalesce(stay.valid_to, DATE '9999-12-31');
