SELECT indicator_code, area_code, valid_from, value_number, baseline_value, target_value, target_on, path_value, status_code
FROM analysis.indicator_progress
WHERE target_value IS NOT NULL AND group_code = 'all'
ORDER BY valid_from DESC, indicator_code, area_code
