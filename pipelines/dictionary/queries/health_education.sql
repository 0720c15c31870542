SELECT service_code, coalesce(current_area_code, area_code) AS area_code,
    cast(date_trunc('quarter', happened_on) AS date) AS quarter_on, count(DISTINCT beneficiary_id) AS people
FROM core.service_events
WHERE service_code IN ('parenting_class', 'health_check', 'mental_health_screening') AND NOT is_repeat
GROUP BY ALL
ORDER BY quarter_on DESC, people DESC, service_code, area_code
