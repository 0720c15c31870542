SELECT r.need_code, coalesce(r.current_area_code, r.area_code) AS area_code, a.area_name, a.latitude, a.longitude,
    count(DISTINCT r.beneficiary_id) AS people
FROM core.referrals AS r
LEFT JOIN core.areas AS a ON a.area_code = r.current_area_code AND a.is_current
WHERE NOT r.is_repeat
GROUP BY ALL
ORDER BY people DESC, area_code, r.need_code
