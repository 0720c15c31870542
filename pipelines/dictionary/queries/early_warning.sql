SELECT risk_code, program_code, certainty_code, coalesce(current_area_code, area_code) AS area_code,
    count(DISTINCT beneficiary_id) AS people
FROM analysis.risk_list
GROUP BY ALL
ORDER BY people DESC, risk_code, program_code, certainty_code, area_code
