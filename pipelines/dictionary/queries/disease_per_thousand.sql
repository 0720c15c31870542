SELECT o.current_area_code AS area_code, o.dimension_code AS disease, cast(o.valid_from AS date) AS month_on,
    sum(o.value_number) AS cases, max(s.people_count) AS people,
    round(1000 * sum(o.value_number) / nullif(max(s.people_count), 0), 2) AS cases_per_thousand
FROM core.area_observations AS o
LEFT JOIN analysis.area_scorecard AS s
    ON s.area_code = o.current_area_code AND s.quarter_on = date_trunc('quarter', o.valid_from)
WHERE o.indicator_code = 'disease_cases_count' AND NOT o.is_repeat AND o.quality_code = 'plausible'
GROUP BY ALL
ORDER BY month_on DESC, cases DESC, area_code, disease
