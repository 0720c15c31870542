SELECT s.*
FROM analysis.area_scorecard AS s
WHERE s.area_level = 'desa_kelurahan'
    AND s.quarter_on = (SELECT max(q.quarter_on) FROM analysis.area_scorecard AS q WHERE q.poor_people_count IS NOT NULL)
ORDER BY s.area_code
