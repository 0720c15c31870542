SELECT e.program_code, p.age_years, p.sex_code, count(DISTINCT e.beneficiary_id) AS people
FROM core.enrolments AS e
INNER JOIN analysis.person_quarters AS p
    ON p.beneficiary_id = e.beneficiary_id AND p.quarter_on = date_trunc('quarter', e.valid_from)
WHERE e.program_code IN ('blk', 'prakerja') AND NOT e.is_repeat AND p.age_years BETWEEN 15 AND 29
GROUP BY ALL
ORDER BY e.program_code, p.age_years, p.sex_code
