SELECT coalesce(current_area_code, area_code) AS area_code, kind_code, valid_from, sum(quantity) AS volunteers
FROM core.resources
WHERE kind_code IN ('student_volunteers', 'karang_taruna', 'red_cross', 'psm', 'tksk', 'tagana') AND NOT is_repeat
GROUP BY ALL
ORDER BY valid_from DESC, area_code, kind_code
