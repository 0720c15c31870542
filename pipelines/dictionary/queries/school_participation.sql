SELECT p.current_area_code AS area_code, p.dimension_code AS school_level, p.valid_from, p.value_number AS pupils,
    c.value_number AS children, round(p.value_number / nullif(c.value_number, 0), 4) AS participation_share
FROM core.area_observations AS p
INNER JOIN core.area_observations AS c
    ON c.submission_id = p.submission_id AND c.source_row = p.source_row AND c.dimension_code = p.dimension_code
    AND c.indicator_code = 'school_age_children_count' AND NOT c.is_repeat AND c.quality_code = 'plausible'
WHERE p.indicator_code = 'pupils_count' AND NOT p.is_repeat AND p.quality_code = 'plausible'
ORDER BY p.valid_from DESC, area_code, school_level
