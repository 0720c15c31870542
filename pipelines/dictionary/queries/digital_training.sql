SELECT program_code, component_code, coalesce(current_area_code, area_code) AS area_code,
    count(DISTINCT beneficiary_id) AS people
FROM core.enrolments
WHERE NOT is_repeat AND component_code IN ('computer', 'digital_marketing', 'graphic_design')
GROUP BY ALL
ORDER BY people DESC, program_code, component_code, area_code
