SELECT coalesce(current_area_code, area_code) AS area_code, extract(YEAR FROM valid_from) AS year,
    count(CASE WHEN value_code = 'yes' THEN 1 END) AS working,
    count(CASE WHEN value_code = 'no' THEN 1 END) AS not_working,
    count(*) - count(value_code) AS unknown
FROM core.observations
WHERE indicator_code = 'working' AND NOT is_repeat
GROUP BY ALL
ORDER BY year DESC, area_code
