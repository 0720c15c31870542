SELECT area_code, period, women_count, children_under_five_count, elderly_people_count, age_unknown_people_count,
    people_with_disability_count, disability_unknown_people_count, poor_people_count
FROM analysis.area_scorecard
WHERE area_level = 'desa_kelurahan'
ORDER BY period DESC, area_code
