SELECT indicator_code, current_area_code AS area_code, extract(YEAR FROM valid_from) AS year, sum(value_number) AS deaths
FROM core.area_observations
WHERE indicator_code IN ('maternal_deaths_count', 'infant_deaths_count') AND NOT is_repeat AND quality_code = 'plausible'
GROUP BY ALL
ORDER BY year DESC, deaths DESC, area_code, indicator_code
