SELECT coalesce(current_area_code, area_code) AS area_code, kind_code, sum(quantity) AS quantity, count(*) AS entries,
    extract(YEAR FROM valid_from) AS year
FROM core.resources
WHERE NOT is_repeat AND program = 'psks'
GROUP BY ALL
ORDER BY year DESC, area_code, kind_code
