SELECT benefit_type_code, program_code, amount_basis_code, count(*) AS benefits, sum(amount_idr) AS amount_idr,
    count(CASE WHEN amount_idr IS NULL THEN 1 END) AS amount_unknown
FROM core.benefits
WHERE status_code = 'paid' AND NOT is_repeat
GROUP BY ALL
ORDER BY benefit_type_code, program_code, amount_basis_code
