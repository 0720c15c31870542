SELECT period, program_code, dimension_code, group_code, people_count, reached_count, reached_share, parity_ratio
FROM analysis.service_equity
WHERE area_code = '00' AND dimension_code <> 'barrier'
ORDER BY period DESC, program_code, dimension_code, parity_ratio NULLS LAST, group_code
