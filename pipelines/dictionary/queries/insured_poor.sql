SELECT area_code, valid_from, numerator, denominator, value_number, target_value, status_code
FROM analysis.indicator_progress
WHERE indicator_code = 'insured_poor_share' AND group_code = 'all'
ORDER BY valid_from DESC, area_code
