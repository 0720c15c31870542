SELECT budget_year, fund_code, sum(ceiling_idr) AS ceiling_idr, sum(realised_idr) AS realised_idr
FROM (
    SELECT budget_year, fund_code, ceiling_idr, realised_idr
    FROM core.budget_lines
    WHERE NOT is_repeat
    QUALIFY month_on = max(month_on) OVER (PARTITION BY budget_year, program)
)
GROUP BY ALL
ORDER BY budget_year DESC, fund_code
