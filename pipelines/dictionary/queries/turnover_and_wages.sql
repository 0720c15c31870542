SELECT outcome_code, program_code, horizon_months, count(after_number) AS told, median(before_number) AS before_median,
    median(after_number) AS after_median
FROM analysis.outcomes
WHERE outcome_code IN ('business_turnover', 'training_work')
GROUP BY ALL
ORDER BY outcome_code, program_code, horizon_months
