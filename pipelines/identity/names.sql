-- Keys of every distinct name of {source}.{column}. Word lists come from names.py as the temporary
-- tables name_words(kind, word, means). Nothing is decided here: the raw name stays beside its keys.
CREATE OR REPLACE TEMP TABLE {target} AS
WITH raws AS (
    SELECT DISTINCT {column} AS raw FROM {source} WHERE {column} IS NOT NULL
),

plain AS (
    SELECT
        raw,
        -- Two blanks around every mark, so that neighbouring abbreviations are each seen.
        '  ' || regexp_replace(
            regexp_replace(upper(strip_accents(nfc_normalize(raw))), '[''`´’‘"]', '', 'g'),
            '([\s,;/()])', '  \1  ', 'g'
        ) || '  ' AS text
    FROM raws
),

undegreed AS (
    SELECT
        raw,
        -- Dotted degrees go wherever they stand; AN. is "child", AN alone may begin An Nisa.
        regexp_replace(
            regexp_replace(text, '\s(?:{dotted_degrees})\.?\s', '  ', 'g'), '^\s+AN\.\s*([^\s])', '  \1'
        ) AS text
    FROM plain
),

joined_forms AS (
    SELECT
        raw,
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        regexp_replace(text, '\bABD[UO](?:L?RR|R)([AEIOU])', 'ABDUL R\1', 'g'),
                        '\bABD[UO]([SNTZD])[SNTZD]', 'ABDUL \1', 'g'
                    ),
                    '\bABD[UO]L+([AO]H)\b', 'ABDULL\1', 'g'
                ),
                '\bABD[UO]LL([AO][^H\s])', 'ABDUL L\1', 'g'
            ),
            '\bABD[UO]L([^L\s\p{P}])', 'ABDUL \1', 'g'
        ) AS text
    FROM undegreed
),

words AS (
    SELECT
        raw,
        unnest(tokens) AS word,
        unnest(range(1, len(tokens) + 1)) AS place
    FROM (
        SELECT
            raw,
            list_filter(regexp_split_to_array(text, '[^\p{L}\p{M}]+'), lambda x: x <> '') AS tokens
        FROM joined_forms
    )
),

marked AS (
    SELECT
        w.raw,
        w.word,
        w.place,
        t.word IS NOT NULL AS is_title,
        d.word IS NOT NULL AS is_degree,
        l.word IS NOT NULL AS is_late,
        bool_and(t.word IS NOT NULL OR l.word IS NOT NULL OR w.word IN ('BY', 'BAYI'))
            OVER (PARTITION BY w.raw ORDER BY w.place) AS leads,
        bool_and(d.word IS NOT NULL OR l.word IS NOT NULL)
            OVER (PARTITION BY w.raw ORDER BY w.place DESC) AS trails
    FROM words AS w
    LEFT JOIN name_words AS t ON w.word = t.word AND t.kind = 'title'
    LEFT JOIN name_words AS d ON w.word = d.word AND d.kind = 'degree'
    LEFT JOIN name_words AS l ON w.word = l.word AND l.kind = 'late'
),

judged AS (
    SELECT
        *,
        (is_title AND leads) OR is_late
        -- A degree follows a name: the first word left is never one.
        OR (trails AND is_degree AND coalesce(bool_or(NOT (leads AND is_title) AND NOT is_late) OVER (
            PARTITION BY raw ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), false)) AS is_ornament
    FROM marked
),

kept AS (
    SELECT
        raw,
        word,
        row_number() OVER (PARTITION BY raw ORDER BY place) AS place,
        count(*) OVER (PARTITION BY raw) AS size
    FROM judged
    -- A name made of ornaments alone is all the name there is.
    QUALIFY NOT is_ornament OR bool_and(is_ornament) OVER (PARTITION BY raw)
),

patronymed AS (
    SELECT
        *,
        word IN ('BIN', 'BINTI', 'BINTE', 'BTE', 'BINTIE') AND place > 1 AND place < size AS is_link
    FROM kept
),

parted AS (
    SELECT
        * EXCLUDE (is_link),
        sum(is_link::integer) OVER (PARTITION BY raw ORDER BY place) AS part
    FROM patronymed
    QUALIFY NOT is_link
),

meant AS (
    SELECT
        p.raw,
        p.place,
        p.part,
        CASE
            WHEN p.word = 'M' AND p.place = 1 AND p.size > 1 THEN 'MUHAMMAD'
            WHEN p.word = 'ST' THEN 'SITI'
            ELSE coalesce(v.means, p.word)
        END AS word,
        -- Signs of the spelling before 1972: only there does NJ stand for NY, inside a word.
        regexp_matches(p.word, 'OE|DJ|TJ|SJ') OR regexp_matches(p.word, '^NJ') AS is_old
    FROM parted AS p
    LEFT JOIN name_words AS v ON p.word = v.word AND v.kind = 'variant'
),

spelt AS (
    SELECT
        raw,
        place,
        part,
        upper(
            regexp_replace(
                replace(replace(replace(replace(
                    -- DJ becomes a small j first, so that PANDJAITAN keeps its NJ.
                    CASE
                        WHEN is_old
                            THEN regexp_replace(replace(replace(word, 'DJ', 'j'), 'NJ', 'NY'), 'OE', 'U', 'g')
                        ELSE word
                    END, 'TJ', 'C'), 'SJ', 'SY'), 'DJ', 'J'), 'OE', 'U'),
                '^CH([AOU])', 'KH\1'
            )
        ) AS word
    FROM meant
),

sounded AS (
    SELECT
        *,
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        regexp_replace(
                            regexp_replace(
                                regexp_replace(
                                    regexp_replace(
                                        regexp_replace(word, 'SY|SH|TS', 'S', 'g'),
                                        'KH', 'H', 'g'
                                    ),
                                    'DZ|DH|Z|J', 'Y', 'g'
                                ),
                                'PH|F|V|W', 'P', 'g'
                            ),
                            'Q|CK|G$', 'K', 'g'
                        ),
                        'TH', 'T', 'g'
                    ),
                    'A[EI]|AY|E|Y', 'I', 'g'
                ),
                'AU|O', 'U', 'g'
            ),
            '([^H])H+', '\1', 'g'
        ) AS sound
    FROM spelt
),

squeezed AS (
    SELECT
        * EXCLUDE (sound),
        -- Doubled letters are one; RE2 has no back reference, so letter by letter.
        array_to_string(
            list_filter(
                string_split(sound, ''), lambda x, i: i = 1 OR x <> string_split(sound, '')[i - 1]
            ), ''
        ) AS sound
    FROM sounded
),

keyed AS (
    SELECT
        raw,
        list(word ORDER BY place) AS tokens,
        string_agg(word, ' ' ORDER BY place) AS name_key,
        string_agg(word, ' ' ORDER BY place) FILTER (part = 0) AS given_key,
        string_agg(word, ' ' ORDER BY word, place) AS sorted_key,
        string_agg(word, '' ORDER BY place) AS joined_key,
        string_agg(sound, ' ' ORDER BY sound, place) AS phonetic_key,
        coalesce(
            arg_min(word, place) FILTER (w.means IS NULL AND length(word) > 1), arg_min(word, place)
        ) AS first_word,
        coalesce(
            arg_min(sound, place) FILTER (w.means IS NULL AND length(word) > 1), arg_min(sound, place)
        ) AS first_sound,
        CASE WHEN count(*) > 1 THEN arg_max(word, place) END AS last_word,
        CASE WHEN count(*) > 1 THEN arg_max(sound, place) END AS last_sound
    FROM squeezed
    LEFT JOIN (SELECT word AS means FROM name_words WHERE kind = 'weak') AS w ON squeezed.word = w.means
    GROUP BY raw
)

SELECT
    raws.raw,
    tokens,
    name_key,
    given_key,
    sorted_key,
    joined_key,
    phonetic_key,
    first_word,
    first_sound,
    last_word,
    last_sound
FROM raws
LEFT JOIN keyed ON raws.raw = keyed.raw AND NOT coalesce(keyed.name_key IN ('NIHIL', 'NULL', 'NAN', 'NONE', 'TIDAK ADA'), false)
