SELECT program, area_code, max(period_to) FILTER (WHERE is_serving) AS serves_to, max(received_at) AS last_received_at,
    count(*) AS submissions
FROM core.submissions
GROUP BY ALL
ORDER BY program, area_code
