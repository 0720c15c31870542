SELECT group_kind, members_count, count(*) AS households
FROM core.households
GROUP BY ALL
ORDER BY group_kind, members_count
