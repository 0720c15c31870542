SELECT coalesce(current_area_code, area_code) AS area_code, happened_on, count(*) AS services,
    count(DISTINCT beneficiary_id) AS people
FROM core.service_events
WHERE provider_kind_code = 'mobile_clinic' AND NOT is_repeat
GROUP BY ALL
ORDER BY happened_on DESC, area_code
