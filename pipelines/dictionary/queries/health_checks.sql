SELECT coalesce(current_area_code, area_code) AS area_code, happened_on, service_code, count(*) AS checks,
    count(DISTINCT beneficiary_id) AS people
FROM core.service_events
WHERE program = 'posbindu' AND NOT is_repeat
GROUP BY ALL
ORDER BY happened_on DESC, area_code, service_code
