SELECT service_code, provider_kind_code, extract(YEAR FROM happened_on) AS year, count(*) AS services,
    count(DISTINCT beneficiary_id) AS people
FROM core.service_events
WHERE NOT is_repeat AND program IN ('kia', 'eppgbm', 'posbindu')
GROUP BY ALL
ORDER BY year DESC, services DESC, service_code, provider_kind_code
