SELECT coalesce(o.current_area_code, o.area_code) AS area_code, extract(YEAR FROM o.valid_from) AS year,
    count(DISTINCT o.beneficiary_id) AS volunteers, sum(o.value_number) AS hours, median(o.value_number) AS hours_median
FROM core.observations AS o
WHERE o.indicator_code = 'volunteer_training_hours' AND NOT o.is_repeat
GROUP BY ALL
ORDER BY year DESC, area_code
