SELECT indicator_code, source, area_code, area_edition, reference_year, dimension_code, value_number, quality_code
FROM core.area_observations
WHERE indicator_code IN ('poor_people_share', 'poor_people_count', 'poverty_line_idr') AND NOT is_repeat
    AND area_level IN ('negara', 'provinsi')
ORDER BY reference_year DESC, dimension_code, area_code, indicator_code
