-- name: evidence
-- From person records to evidence: what each record says, normalised, and one row per distinct say.
-- Expects temporary tables identity_persons (staging's columns and area_code), id_nik, id_kk (nik.py)
-- and id_names (names.py), and name_bits(word, bits) of the model.
CREATE OR REPLACE TEMP TABLE identity_said AS
WITH base AS (
    SELECT
        p.program,
        p.submission_id,
        p.source_record_id,
        p.source_row,
        p.role,
        p.observed_on,
        p.listed_on,
        p.row_hash,
        coalesce(n.class, 'blank') AS nik_class,
        n.number AS nik_number,
        n.known_digits AS nik_known,
        n.sex_code AS nik_sex,
        n.confidence AS nik_confidence,
        n.on_19,
        n.on_20,
        coalesce(k.class, 'blank') AS kk_class,
        k.number AS kk_number,
        p.sex_code,
        -- A date in the future or older than anybody says nothing.
        CASE WHEN p.birth_on BETWEEN DATE '{born_from}-01-01' AND coalesce(p.observed_on, DATE '2200-01-01')
            THEN p.birth_on END AS birth_sent_on,
        CASE WHEN birth_sent_on IS NOT NULL THEN coalesce(p.birth_precision, 'day') END AS birth_sent_precision,
        s.name_key,
        s.sorted_key,
        s.joined_key,
        s.phonetic_key,
        s.first_word,
        s.first_sound,
        s.last_word,
        s.last_sound,
        s.tokens,
        m.sorted_key AS mother_key,
        m.first_sound AS mother_sound,
        f.sorted_key AS father_key,
        p.area_code,
        nullif(trim(regexp_replace(upper(strip_accents(p.birth_place)), '[^A-Z]+', ' ', 'g')), '') AS birth_place_key,
        array_to_string(list_sort(list_distinct(list_filter(
            regexp_split_to_array(
                regexp_replace(upper(strip_accents(p.address)), '{address_noise}', ' ', 'g'), '[^A-Z0-9]+'
            ), lambda x: x <> ''))), ' ') AS address_words,
        {phone} AS phone,
        {nisn} AS nisn,
        {welfare_card_number} AS welfare_card_number,
        {insurance_number} AS insurance_number,
        {account_number} AS account_number,
        -- The program's own number means something within the program and its sender only.
        CASE
            WHEN regexp_matches(p.program_number, '[1-9A-Za-z]{2}')
                THEN concat_ws(':', p.program, p.sender, upper(regexp_replace(p.program_number, '\s|[.]0+$', '', 'g')))
        END AS program_number,
        list_filter([m.sorted_key, f.sorted_key, o.sorted_key], lambda x: x IS NOT NULL) AS parent_keys,
        list_filter([m.first_sound, f.first_sound, o.first_sound], lambda x: x IS NOT NULL) AS parent_sounds
    FROM identity_persons AS p
    LEFT JOIN id_nik AS n ON p.nik = n.raw
    LEFT JOIN id_kk AS k ON p.family_card_number = k.raw
    LEFT JOIN id_names AS s ON p.full_name = s.raw
    LEFT JOIN id_names AS m ON p.mother_name = m.raw
    LEFT JOIN id_names AS f ON p.father_name = f.raw
    LEFT JOIN id_names AS o ON p.parent_name = o.raw
),

damaged_lists AS (
    -- A list whose numbers nearly all end in 0 went through a spreadsheet, also where one may be true.
    SELECT submission_id FROM base
    WHERE nik_class IN ('valid', 'digits_lost') AND nik_known IS NOT NULL
    GROUP BY submission_id
    HAVING count(*) >= 20 AND avg((nik_class = 'digits_lost' OR right(nik_number, 1) = '0')::integer) > 0.5
),

judged AS (
    SELECT
        * EXCLUDE (nik_class, nik_number),
        CASE WHEN lost THEN 'digits_lost' ELSE nik_class END AS nik_class,
        CASE WHEN NOT lost THEN nik_number END AS nik_number,
        {nik_on} AS nik_on
    FROM (
        SELECT
            b.*,
            b.nik_class = 'valid' AND right(b.nik_number, 1) = '0' AND d.submission_id IS NOT NULL AS lost,
            -- Records that are not read again have seen the number, too.
            greatest(max(observed_on) OVER (PARTITION BY nik_known), e.seen_on) AS nik_seen_on
        FROM base AS b
        LEFT JOIN damaged_lists AS d USING (submission_id)
        LEFT JOIN identity_seen AS e ON b.nik_known = e.number
    )
),

contradicted AS (
    SELECT
        *,
        nik_on IS NOT NULL AND CASE birth_sent_precision
            WHEN 'day' THEN
                (year(nik_on) <> year(birth_sent_on))::integer
                + (month(nik_on) <> month(birth_sent_on))::integer
                + (day(nik_on) <> day(birth_sent_on))::integer > 1
                AND NOT (
                    year(nik_on) = year(birth_sent_on) AND month(nik_on) = day(birth_sent_on)
                    AND day(nik_on) = month(birth_sent_on)
                )
            ELSE abs(year(nik_on) - year(birth_sent_on)) > 1
        END IS TRUE AS nik_is_doubted
    FROM judged
),

filled AS (
    SELECT
        *,
        -- A NIK that nothing contradicts tells the day where the list does not.
        CASE
            WHEN birth_sent_precision = 'day' THEN birth_sent_on
            WHEN nik_on IS NOT NULL AND NOT nik_is_doubted THEN nik_on
        END AS birth_on,
        coalesce(year(CASE
            WHEN birth_sent_precision = 'day' THEN birth_sent_on
            WHEN nik_on IS NOT NULL AND NOT nik_is_doubted THEN nik_on
        END), year(birth_sent_on)) AS birth_year,
        coalesce(sex_code, CASE WHEN NOT nik_is_doubted THEN nik_sex END) AS sex,
        nik_number IS NOT NULL AND birth_sent_precision = 'day' AND nik_on = birth_sent_on
        AND coalesce(sex_code = nik_sex, true) AS nik_is_firm,
        CASE WHEN length(address_words) >= 4 THEN {address_key} END AS address_key
    FROM contradicted
)

SELECT
    *,
    name_key IS NOT NULL AND (
        (nik_number IS NOT NULL AND NOT nik_is_doubted)
        OR kk_number IS NOT NULL
        OR (birth_on IS NOT NULL AND (area_code IS NOT NULL OR address_key IS NOT NULL OR len(parent_keys) > 0))
    ) AS is_sufficient,
    sha256(concat_ws(
        '|', coalesce(nik_number, nik_known, ''), nik_is_doubted::varchar, nik_is_firm::varchar, coalesce(name_key, ''),
        coalesce(birth_on::varchar, ''), coalesce(birth_year::varchar, ''), coalesce(sex, ''),
        coalesce(kk_number, ''), coalesce(area_code, ''), coalesce(address_key, ''),
        -- All that is compared is in it, so that equal ids are equal rows whoever wrote them first.
        coalesce(sorted_key, ''), coalesce(joined_key, ''), coalesce(phonetic_key, ''), coalesce(first_word, ''),
        coalesce(first_sound, ''), coalesce(last_word, ''), coalesce(last_sound, ''),
        coalesce(array_to_string(list_sort(tokens), ' '), ''), coalesce(nik_known, ''), coalesce(mother_sound, ''),
        coalesce(array_to_string(parent_sounds, '/'), ''),
        coalesce(birth_place_key, ''), coalesce(mother_key, ''), coalesce(father_key, ''), array_to_string(parent_keys, '/'),
        coalesce(program_number, ''), coalesce(phone, ''), coalesce(nisn, ''),
        coalesce(welfare_card_number, ''), coalesce(insurance_number, ''), coalesce(account_number, ''),
        CASE WHEN NOT is_sufficient OR is_apart THEN concat_ws('|', program, submission_id, source_record_id) END
    ))[:32] AS evidence_id
FROM filled
-- Records that people told apart never share a row, however alike they are.
LEFT JOIN identity_apart USING (program, submission_id, source_record_id);

-- All rows of one id say the same in every column.
CREATE OR REPLACE TEMP TABLE identity_evidence_all AS
SELECT
    s.evidence_id,
    any_value(nik_number) AS nik,
    any_value(nik_known) AS nik_known,
    any_value(nik_is_doubted) AS nik_is_doubted,
    any_value(nik_is_firm) AS nik_is_firm,
    any_value(name_key) AS name_key,
    any_value(sorted_key) AS sorted_key,
    any_value(joined_key) AS joined_key,
    any_value(phonetic_key) AS phonetic_key,
    any_value(first_word) AS first_word,
    any_value(first_sound) AS first_sound,
    any_value(last_word) AS last_word,
    any_value(last_sound) AS last_sound,
    any_value(list_sort(tokens)) AS tokens,
    any_value(birth_on) AS birth_on,
    any_value(birth_year) AS birth_year,
    any_value(sex) AS sex,
    any_value(kk_number) AS kk,
    any_value(area_code) AS area,
    any_value(address_key) AS address,
    any_value(birth_place_key) AS birth_place,
    any_value(mother_key) AS mother_key,
    any_value(mother_sound) AS mother_sound,
    any_value(father_key) AS father_key,
    any_value(CASE WHEN len(parent_keys) > 0 THEN parent_keys END) AS parent_keys,
    any_value(CASE WHEN len(parent_sounds) > 0 THEN parent_sounds END) AS parent_sounds,
    any_value(program_number) AS program_number,
    any_value(phone) AS phone,
    any_value(nisn) AS nisn,
    any_value(welfare_card_number) AS welfare_card,
    any_value(insurance_number) AS insurance,
    any_value(account_number) AS account,
    bool_or(is_sufficient) AS is_sufficient,
    count(*) AS records_count,
    min(program || '|' || submission_id || '|' || source_record_id) AS first_record
FROM identity_said AS s
GROUP BY s.evidence_id;

-- name: clean
-- A number that stands on people who differ by more than spelling names none of them: many given
-- names, and none of them half of all.
CREATE OR REPLACE TEMP TABLE identity_shared_numbers AS
WITH said AS (
    SELECT 'nik' AS kind, nik AS number, first_sound AS who FROM identity_evidence_all
    UNION ALL
    SELECT 'phone' AS kind, phone AS number, first_sound AS who FROM identity_evidence_all
),

counted AS (
    SELECT kind, number, who, count(*) AS says FROM said
    WHERE number IS NOT NULL AND who IS NOT NULL GROUP BY ALL
)

SELECT kind, number FROM counted
GROUP BY kind, number HAVING count(*) > {nik_names_most} AND max(says) * 2 < sum(says)
UNION ALL
SELECT 'kk' AS kind, kk AS number FROM identity_evidence_all
WHERE kk IS NOT NULL
GROUP BY kk
HAVING count(DISTINCT coalesce(birth_on::varchar, first_sound)) > {card_people_most};

CREATE OR REPLACE TEMP TABLE identity_evidence_clean AS
WITH bits AS (
    -- In hundredths and whole: a sum must not depend on the order it is taken in.
    SELECT w.evidence_id, round(sum(round(100 * coalesce(b.bits, {rare_bits}))::bigint) / 100, 1) AS name_bits
    FROM (SELECT evidence_id, unnest(tokens) AS word FROM identity_evidence_all) AS w
    LEFT JOIN name_bits AS b USING (word)
    GROUP BY w.evidence_id
)

SELECT
    row_number() OVER (ORDER BY e.evidence_id) AS unique_id,
    e.* REPLACE (
        CASE WHEN sn.number IS NULL THEN e.nik END AS nik,
        CASE WHEN sn.number IS NULL THEN e.nik_known END AS nik_known,
        e.nik_is_firm AND sn.number IS NULL AS nik_is_firm,
        CASE WHEN sk.number IS NULL THEN e.kk END AS kk,
        CASE WHEN sp.number IS NULL THEN e.phone END AS phone
    ),
    bits.name_bits,
    CASE WHEN e.first_word IS NOT NULL THEN coalesce(fb.bits, {rare_bits}) END AS first_bits,
    CASE WHEN e.last_word IS NOT NULL THEN coalesce(lb.bits, {rare_bits}) END AS last_bits,
    least(e.first_sound, e.last_sound) AS low_sound,
    greatest(e.first_sound, e.last_sound) AS high_sound
FROM identity_evidence_all AS e
LEFT JOIN bits USING (evidence_id)
LEFT JOIN name_bits AS fb ON e.first_word = fb.word
LEFT JOIN name_bits AS lb ON e.last_word = lb.word
LEFT JOIN identity_shared_numbers AS sn ON sn.kind = 'nik' AND e.nik = sn.number
LEFT JOIN identity_shared_numbers AS sk ON sk.kind = 'kk' AND e.kk = sk.number
LEFT JOIN identity_shared_numbers AS sp ON sp.kind = 'phone' AND e.phone = sp.number;

-- name: once
SELECT program, role FROM {lists} GROUP BY program, role HAVING sum(records - says) <= 0.03 * sum(records)
