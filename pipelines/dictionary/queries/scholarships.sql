SELECT program_code, component_code, extract(YEAR FROM valid_from) AS year, status_code,
    count(DISTINCT beneficiary_id) AS pupils, sum(amount_idr) AS amount_idr
FROM core.benefits
WHERE benefit_type_code = 'scholarship' AND NOT is_repeat
GROUP BY ALL
ORDER BY year DESC, component_code, status_code
