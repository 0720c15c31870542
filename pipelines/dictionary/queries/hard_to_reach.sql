SELECT s.area_code, a.area_name, a.latitude, a.longitude, s.period, s.school_distance_km_mean,
    s.school_distance_known_count, s.mobile_visits_count, s.wait_days_median
FROM analysis.area_scorecard AS s
INNER JOIN core.areas AS a ON a.area_code = s.area_code AND a.is_current
WHERE s.area_level = 'desa_kelurahan' AND s.school_distance_km_mean IS NOT NULL
ORDER BY s.period DESC, s.school_distance_km_mean DESC, s.area_code
