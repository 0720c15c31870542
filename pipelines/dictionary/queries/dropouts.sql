SELECT coalesce(current_area_code, area_code) AS area_code, cast(since_on AS date) AS semester_on, certainty_code, count(*) AS pupils
FROM analysis.risk_list
WHERE risk_code = 'possible_dropout'
GROUP BY ALL
ORDER BY semester_on DESC, pupils DESC, area_code, certainty_code
