SELECT area_code, period, children_measured_count, stunted_children_count, stunting_unknown_children_count,
    stunted_children_share
FROM analysis.area_scorecard
WHERE children_measured_count > 0 AND area_level IN ('kabkota', 'kecamatan')
ORDER BY area_code, period
