SELECT 'deceased_still_paid' AS flag, program_code AS programs, count(DISTINCT beneficiary_id) AS subjects
FROM analysis.risk_list
WHERE risk_code = 'deceased_still_paid'
GROUP BY ALL
UNION ALL
SELECT concat('paid_twice_', level), concat(program_a, '+', program_b), count(DISTINCT subject_id)
FROM analysis.overlaps
WHERE verdict = 'forbidden' AND program_a = program_b
GROUP BY ALL
UNION ALL
SELECT rule_id, program, sum(rows_count)
FROM core.data_quality_issues
WHERE rule_id LIKE '%nik%'
GROUP BY ALL
ORDER BY flag, programs
