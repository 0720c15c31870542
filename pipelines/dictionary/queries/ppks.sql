SELECT indicator_code, extract(YEAR FROM valid_from) AS year, coalesce(current_area_code, area_code) AS area_code,
    count(DISTINCT beneficiary_id) AS people
FROM core.observations
WHERE indicator_code LIKE 'ppks_%' AND value_code = 'yes' AND NOT is_repeat
GROUP BY ALL
ORDER BY year DESC, people DESC, indicator_code, area_code
