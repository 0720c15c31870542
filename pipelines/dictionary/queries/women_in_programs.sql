SELECT program_code, period, group_code, reached_count, of_all_reached_share, amount_idr
FROM analysis.service_equity
WHERE area_code = '00' AND dimension_code = 'sex' AND program_code IN ('pena', 'blk', 'prakerja', 'atensi')
ORDER BY period DESC, program_code, group_code
