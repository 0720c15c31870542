SELECT i.plan_code, i.indicator_code, i.name_id, count(p.indicator_code) AS values_told, max(p.valid_to) AS newest_on
FROM core.indicators AS i
LEFT JOIN analysis.indicator_progress AS p ON p.indicator_code = i.indicator_code
WHERE i.plan_code IS NOT NULL
GROUP BY ALL
ORDER BY i.plan_code, i.indicator_code
