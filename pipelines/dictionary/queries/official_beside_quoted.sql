SELECT source_code, source, area_code, valid_from, group_code, value_number, unit_code
FROM analysis.indicator_progress
WHERE indicator_code = 'poor_people_share' AND source_code IN ('official', 'quoted')
    AND (area_code LIKE '31%' OR area_code = '00')
ORDER BY valid_from DESC, source_code, area_code, group_code
