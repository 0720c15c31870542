SELECT substr(s.area_code, 1, 5) AS area_code, a.area_name, count(DISTINCT s.program) AS programs, count(*) AS submissions
FROM core.submissions AS s
LEFT JOIN core.areas AS a ON a.area_code = substr(s.area_code, 1, 5) AND a.is_current
GROUP BY ALL
ORDER BY area_code
