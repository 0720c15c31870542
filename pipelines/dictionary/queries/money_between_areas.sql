SELECT area_code, area_level, period, amount_idr, amount_per_poor_person_idr, budget_ceiling_idr, budget_realised_idr
FROM analysis.area_scorecard
WHERE area_level IN ('kecamatan', 'desa_kelurahan')
ORDER BY period DESC, amount_per_poor_person_idr NULLS LAST, area_code
