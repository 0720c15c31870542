SELECT program_code, before_code, after_code, result_code, count(*) AS houses, round(avg(after_number)) AS progress_percent
FROM analysis.outcomes
WHERE outcome_code = 'house_condition'
GROUP BY ALL
ORDER BY program_code, houses DESC, before_code, after_code, result_code
