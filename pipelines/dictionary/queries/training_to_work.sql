SELECT program_code, component_code, horizon_months, count(*) AS trained,
    count(CASE WHEN after_code IN ('working', 'self_employed') THEN 1 END) AS working,
    count(after_code) AS told, median(after_number) AS wage_thousand_idr
FROM analysis.outcomes
WHERE outcome_code = 'training_work'
GROUP BY ALL
ORDER BY program_code, component_code, horizon_months
