SELECT area_code, period, program_code, group_code AS barrier, people_count, reached_count, reached_share
FROM analysis.service_equity
WHERE dimension_code = 'barrier'
ORDER BY period DESC, reached_count DESC, area_code, program_code, group_code
