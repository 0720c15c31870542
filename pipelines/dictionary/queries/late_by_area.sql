SELECT area_code, period, program_code, late_count, in_time_count, in_time_share, wait_days_median, late_days_median
FROM analysis.benefit_timeliness
WHERE late_count > 0
ORDER BY period DESC, late_count DESC, area_code, program_code
