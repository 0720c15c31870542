SELECT 'eligibility' AS kind, program AS programs, rule_id, legal_basis, min(period) AS first_used, max(period) AS last_used
FROM analysis.coverage_gaps
GROUP BY ALL
UNION ALL
SELECT concat('overlap: ', rule_verdict), concat(program_a, '+', program_b), rule_id, legal_basis,
    strftime(min(month_on), '%Y-%m'), strftime(max(month_on), '%Y-%m')
FROM analysis.overlaps
WHERE rule_id IS NOT NULL
GROUP BY ALL
ORDER BY kind, programs, rule_id
