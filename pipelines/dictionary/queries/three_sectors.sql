SELECT sectors, count(*) AS people
FROM (
    SELECT m.beneficiary_id, string_agg(DISTINCT p.sector, '+' ORDER BY p.sector) AS sectors
    FROM analysis.beneficiary_program_months AS m
    INNER JOIN core.programs AS p ON p.program = m.program_code
    WHERE p.sector IN ('health', 'education', 'social_protection')
    GROUP BY m.beneficiary_id
)
GROUP BY ALL
ORDER BY people DESC, sectors
