SELECT area_code, period, poor_households_count, poor_reached_households_count, poor_reached_share,
    amount_per_poor_person_idr, is_small_number
FROM analysis.area_scorecard
WHERE area_level = 'desa_kelurahan' AND poor_reached_share IS NOT NULL
ORDER BY period DESC, poor_reached_share, area_code
