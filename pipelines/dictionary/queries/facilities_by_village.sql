SELECT coalesce(current_area_code, area_code) AS area_code, kind_code, sum(quantity) AS quantity, valid_to AS told_until
FROM core.resources
WHERE NOT is_repeat AND program = 'opendk'
    AND valid_to = (SELECT max(r.valid_to) FROM core.resources AS r WHERE r.program = 'opendk')
GROUP BY ALL
ORDER BY area_code, kind_code
