-- Person records of one district as those of many; {areas} is the register of areas.
CREATE TEMP TABLE districts AS
SELECT row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS known, replace(code, '.', '') AS digits
FROM (SELECT DISTINCT code FROM read_parquet('{areas}') WHERE level = 'kecamatan');

CREATE TEMP TABLE moved AS
WITH stems AS (
    SELECT DISTINCT left(bare, 6) AS stem FROM (
        SELECT regexp_replace(unnest([nik, family_card_number]), '^[^0-9]+', '') AS bare FROM here_persons
    ) WHERE regexp_matches(bare, '^[0-9]{6}')
)
SELECT c.k, s.stem, d.digits
FROM stems AS s CROSS JOIN copies AS c
JOIN districts AS d ON d.place = (hash(s.stem) % 1000003 + c.k * 131) % d.known;

CREATE TABLE vault.staging.persons AS
SELECT
    p.* REPLACE (
        p.submission_id || '-c' || c.k AS submission_id,
        CASE WHEN c.k = 0 OR n.digits IS NULL THEN p.nik ELSE replace(p.nik, n.stem, n.digits) END AS nik,
        CASE WHEN c.k = 0 OR f.digits IS NULL THEN p.family_card_number
            ELSE replace(p.family_card_number, f.stem, f.digits) END AS family_card_number,
        translate(p.full_name, c.letters, c.others) AS full_name,
        translate(p.mother_name, c.letters, c.others) AS mother_name,
        translate(p.father_name, c.letters, c.others) AS father_name,
        translate(p.parent_name, c.letters, c.others) AS parent_name,
        translate(p.address, c.letters, c.others) AS address,
        substr(p.phone, 1, 4) || lpad(c.k::varchar, 3, '0') || substr(p.phone, 8) AS phone,
        substr(p.nisn, 1, 3) || lpad(c.k::varchar, 3, '0') || substr(p.nisn, 7) AS nisn,
        substr(p.welfare_card_number, 1, 6) || lpad(c.k::varchar, 3, '0') || substr(p.welfare_card_number, 10)
            AS welfare_card_number,
        substr(p.insurance_number, 1, 5) || lpad(c.k::varchar, 3, '0') || substr(p.insurance_number, 9)
            AS insurance_number,
        substr(p.account_number, 1, 4) || lpad(c.k::varchar, 3, '0') || substr(p.account_number, 8) AS account_number
    )
FROM here_persons AS p
CROSS JOIN copies AS c
LEFT JOIN moved AS n ON c.k = n.k AND left(regexp_replace(p.nik, '^[^0-9]+', ''), 6) = n.stem
LEFT JOIN moved AS f ON c.k = f.k AND left(regexp_replace(p.family_card_number, '^[^0-9]+', ''), 6) = f.stem;

CREATE TABLE vault.quality.submissions AS
SELECT s.* REPLACE (s.submission_id || '-c' || c.k AS submission_id, s.area_code || '-c' || c.k AS area_code)
FROM here_submissions AS s CROSS JOIN copies AS c;

CREATE TABLE vault.staging.area_resolution AS
SELECT a.* REPLACE (
    a.sender_area_code || '-c' || c.k AS sender_area_code,
    CASE WHEN c.k = 0 THEN a.area_code ELSE (10 + c.k % 90) || substr(a.area_code, 3) END AS area_code
)
FROM here_area_resolution AS a CROSS JOIN copies AS c;
