SELECT program_code, cast(date_trunc('month', valid_from) AS date) AS month_on, status_code, count(DISTINCT beneficiary_id) AS people
FROM core.enrolments
WHERE NOT is_repeat
GROUP BY ALL
ORDER BY month_on DESC, program_code, status_code
