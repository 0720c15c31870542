SELECT program_code, horizon_months, result_code, count(*) AS households, round(avg(before_number), 2) AS decile_before,
    round(avg(after_number), 2) AS decile_after
FROM analysis.outcomes
WHERE outcome_code = 'pkh_decile'
GROUP BY ALL
ORDER BY program_code, horizon_months, result_code
