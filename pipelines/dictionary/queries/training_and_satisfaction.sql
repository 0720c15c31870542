SELECT i.area_code, i.period, i.satisfaction_index, h.hours_median, h.volunteers
FROM analysis.service_satisfaction AS i
LEFT JOIN (
    SELECT s.area_code, extract(YEAR FROM o.valid_from) AS year, median(o.value_number) AS hours_median,
        count(DISTINCT o.beneficiary_id) AS volunteers
    FROM core.observations AS o
    INNER JOIN core.submissions AS s ON s.submission_id = o.submission_id
    WHERE o.indicator_code = 'volunteer_training_hours' AND NOT o.is_repeat
    GROUP BY ALL
) AS h ON h.area_code = i.area_code AND h.year = extract(YEAR FROM i.quarter_on)
WHERE i.unit_code = 'all' AND i.program_code = 'all'
ORDER BY i.period DESC, i.area_code
