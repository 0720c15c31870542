SELECT indicator_code, area_code, valid_from, value_number, change_number, unit_code, is_small_number
FROM analysis.indicator_progress
WHERE source_code = 'computed' AND group_code = 'all' AND change_number IS NOT NULL
ORDER BY indicator_code, area_code, valid_from DESC
