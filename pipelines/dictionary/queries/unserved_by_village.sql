SELECT program, coalesce(current_area_code, area_code) AS area_code, period,
    count(*) AS households, count(CASE WHEN certainty_code = 'high' THEN 1 END) AS surely,
    round(median(evidence_age_days)) AS evidence_age_days
FROM analysis.coverage_gaps
WHERE gap_class = 'eligible_unserved'
GROUP BY ALL
ORDER BY period DESC, households DESC, program, area_code
