-- Keys of every distinct name of {source}.{column}, for names of which no rules are declared: the
-- words before a comma are the family name, else the last word is. Titles come from the profile as
-- the temporary table name_words(kind, word, means): titles; words that stand where a name should (`no`);
-- short forms (`variant`), which sound as what they mean.
CREATE OR REPLACE TEMP TABLE {target} AS
WITH raws AS (
    SELECT DISTINCT {column} AS raw FROM {source} WHERE {column} IS NOT NULL
),

titles AS (
    SELECT coalesce(list(word) FILTER (kind = 'title'), []) AS titles, coalesce(list(word) FILTER (kind = 'no'), []) AS nobody FROM name_words
),

texts AS (
    SELECT raw, regexp_replace(upper(strip_accents(nfc_normalize(raw))), '[''`´’‘".]', '', 'g') AS text FROM raws
),

parts AS (
    SELECT
        raw,
        list_filter(
            regexp_split_to_array(CASE WHEN contains(text, ',') THEN split_part(text, ',', 1) ELSE '' END, '[^\p{L}\p{M}\p{N}]+'),
            lambda x: x <> ''
        ) AS family,
        list_filter(
            regexp_split_to_array(
                CASE WHEN contains(text, ',') THEN substr(text, position(',' IN text) + 1) ELSE text END, '[^\p{L}\p{M}\p{N}]+'
            ), lambda x: x <> '' AND NOT list_contains(titles, x)
        ) AS given,
        contains(text, ',') AS has_comma,
        nobody
    FROM texts, titles
),

split AS (
    SELECT
        raw,
        CASE
            WHEN list_has_any(family, nobody) THEN NULL
            WHEN has_comma THEN array_to_string(family, '')
            WHEN len(given) > 1 THEN given[-1]
        END AS last_word,
        -- A lone initial may be of a middle name: it tells nothing apart.
        CASE
            WHEN list_contains(nobody, given[1]) THEN NULL
            WHEN length(given[1]) > 1 THEN given[1]
            WHEN length(given[2]) > 1 AND (has_comma OR len(given) > 2) THEN given[2]
        END AS first_word,
        CASE
            -- FAMILY joined as one word beside its parts would count twice: the parts are the words.
            WHEN has_comma THEN list_filter(list_concat(given, family), lambda x: NOT list_contains(nobody, x))
            ELSE given
        END AS tokens
    FROM parts
),

words AS (
    SELECT DISTINCT word FROM (
        SELECT unnest(tokens) AS word FROM split
        UNION ALL SELECT last_word FROM split
    ) WHERE word IS NOT NULL AND word <> ''
),

consonants AS (
    SELECT
        word,
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        regexp_replace(
                            regexp_replace(
                                regexp_replace(coalesce(means, word), '^(KN|GN|WR)', 'N'), 'PH|V', 'F', 'g'
                            ), 'SCH|SH|TCH|CH', 'X', 'g'
                        ), 'C([EIY])', 'S\1', 'g'
                    ), 'CK|Q|C', 'K', 'g'
                ), 'GH|H', '', 'g'
            ), 'Z', 'S', 'g'
        ) AS sound
    FROM words LEFT JOIN (SELECT word, means FROM name_words WHERE kind = 'variant') USING (word)
),

squeezed AS (
    SELECT
        word,
        -- The first letter stands, vowels as one; later vowels go; doubled letters are one.
        regexp_replace(left(sound, 1), '[AEIOUYJ]', 'A') || array_to_string(list_filter(
            string_split(regexp_replace(substr(sound, 2), '[AEIOUYJW]', '', 'g'), ''),
            lambda x, i: i = 1 OR x <> string_split(regexp_replace(substr(sound, 2), '[AEIOUYJW]', '', 'g'), '')[i - 1]
        ), '') AS sound
    FROM consonants
),

sounded AS (
    SELECT
        s.raw,
        s.tokens,
        nullif(s.first_word, '') AS first_word,
        nullif(s.last_word, '') AS last_word
    FROM split AS s
),

sounds AS (
    SELECT raw, string_agg(q.sound, ' ' ORDER BY q.sound, word) AS phonetic_key
    FROM (SELECT raw, unnest(tokens) AS word FROM sounded) JOIN squeezed AS q USING (word)
    GROUP BY raw
)

SELECT
    s.raw,
    s.tokens,
    nullif(array_to_string(s.tokens, ' '), '') AS name_key,
    nullif(array_to_string(s.tokens, ' '), '') AS given_key,
    nullif(array_to_string(list_sort(s.tokens), ' '), '') AS sorted_key,
    nullif(array_to_string(s.tokens, ''), '') AS joined_key,
    p.phonetic_key,
    s.first_word,
    f.sound AS first_sound,
    s.last_word,
    l.sound AS last_sound
FROM sounded AS s
LEFT JOIN sounds AS p USING (raw)
LEFT JOIN squeezed AS f ON s.first_word = f.word
LEFT JOIN squeezed AS l ON s.last_word = l.word;
