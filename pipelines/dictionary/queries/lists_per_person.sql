SELECT programs_count, count(*) AS people, sum(records_count) AS records
FROM core.beneficiaries
GROUP BY ALL
ORDER BY programs_count
