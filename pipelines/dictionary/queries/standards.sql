SELECT i.plan_code, p.indicator_code, p.area_code, p.valid_from, p.value_number, p.target_value, p.status_code
FROM analysis.indicator_progress AS p
INNER JOIN core.indicators AS i ON i.indicator_code = p.indicator_code
WHERE i.plan_code LIKE 'SPM%' AND p.group_code = 'all'
ORDER BY p.valid_from DESC, i.plan_code, p.indicator_code, p.area_code
