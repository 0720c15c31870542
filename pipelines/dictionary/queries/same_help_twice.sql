SELECT period, program_a, program_b, verdict, count(DISTINCT subject_id) AS households,
    sum(least(amount_a_idr, amount_b_idr)) AS smaller_amounts_idr
FROM (
    SELECT *, strftime(month_on, '%Y-%m') AS period
    FROM analysis.overlaps
    WHERE level = 'household' AND verdict = 'forbidden' AND mark_code = 'none'
)
GROUP BY ALL
ORDER BY period DESC, households DESC, program_a, program_b
