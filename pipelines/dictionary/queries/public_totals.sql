SELECT area_code, period, measure_code, rounded_count, is_withheld
FROM public.area_totals
WHERE area_level IN ('kabkota', 'kecamatan')
ORDER BY period DESC, area_code, measure_code
