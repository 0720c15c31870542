SELECT program AS channel, category_code, count(*) AS complaints, count(CASE WHEN status_code IN ('resolved', 'closed') THEN 1 END) AS ended
FROM core.grievances
WHERE NOT is_repeat
GROUP BY ALL
ORDER BY channel, complaints DESC, category_code
