SELECT area_code, period, children_under_five_count, elderly_people_count, people_with_disability_count, poor_people_count,
    eligible_unserved_households_count
FROM analysis.area_scorecard
WHERE area_level = 'desa_kelurahan'
ORDER BY area_code, period
