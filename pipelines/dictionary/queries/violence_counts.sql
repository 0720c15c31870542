SELECT indicator_code, dimension_code, area_code, valid_from, value_number, missing_reason
FROM core.area_observations
WHERE indicator_code IN ('violence_cases_count', 'violence_services_count') AND NOT is_repeat
ORDER BY valid_from DESC, area_code, indicator_code, dimension_code
