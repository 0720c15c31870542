SELECT period, category_code, agency_code, complaints_count, resolved_share, follow_up_days_median, close_days_median,
    open_too_long_count
FROM analysis.grievance_resolution
WHERE area_code = '00'
ORDER BY period DESC, complaints_count DESC, category_code, agency_code
