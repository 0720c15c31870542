SELECT date_diff('month', f.first_on, m.month_on) AS months_since_first, count(*) AS person_months,
    round(avg(m.desil_max), 2) AS decile_mean, count(m.desil_max) AS decile_known
FROM (
    SELECT beneficiary_id, min(month_on) AS first_on
    FROM analysis.beneficiary_program_months
    WHERE program_code = 'pkh' AND receipts_count > 0
    GROUP BY beneficiary_id
) AS f
INNER JOIN analysis.beneficiary_months AS m ON m.beneficiary_id = f.beneficiary_id
WHERE m.state_code IN ('seen', 'between_sights') AND date_diff('month', f.first_on, m.month_on) BETWEEN -12 AND 12
GROUP BY ALL
ORDER BY months_since_first
