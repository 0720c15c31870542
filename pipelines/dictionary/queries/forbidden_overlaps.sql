SELECT program_a, program_b, level, legal_basis, count(DISTINCT subject_id) AS subjects, count(*) AS months,
    sum(least(amount_a_idr, amount_b_idr)) AS smaller_amounts_idr,
    count(CASE WHEN mark_code <> 'none' THEN 1 END) AS months_that_may_be_none
FROM analysis.overlaps
WHERE verdict = 'forbidden'
GROUP BY ALL
ORDER BY subjects DESC, program_a, program_b, level
