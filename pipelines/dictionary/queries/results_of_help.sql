SELECT outcome_code, program_code, result_code, count(*) AS outcomes
FROM analysis.outcomes
GROUP BY ALL
ORDER BY outcome_code, program_code, result_code
