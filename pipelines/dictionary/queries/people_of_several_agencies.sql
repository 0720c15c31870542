SELECT agencies, count(*) AS people
FROM (
    SELECT m.beneficiary_id, count(DISTINCT p.owner) AS agencies
    FROM analysis.beneficiary_program_months AS m
    INNER JOIN core.programs AS p ON p.program = m.program_code
    GROUP BY m.beneficiary_id
)
GROUP BY ALL
ORDER BY agencies
