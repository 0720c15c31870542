SELECT area_code, period, people_count, poor_people_count, poor_unknown_people_count,
    poor_households_count, poor_households_share
FROM analysis.area_scorecard
WHERE area_level = 'desa_kelurahan' AND poor_people_count IS NOT NULL
ORDER BY period DESC, poor_households_share DESC NULLS LAST, area_code
