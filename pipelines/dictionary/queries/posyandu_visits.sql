SELECT coalesce(current_area_code, area_code) AS area_code, cast(date_trunc('month', happened_on) AS date) AS month_on,
    count(DISTINCT beneficiary_id) AS children
FROM core.service_events
WHERE service_code = 'growth_measurement' AND NOT is_repeat
GROUP BY ALL
ORDER BY month_on DESC, area_code
