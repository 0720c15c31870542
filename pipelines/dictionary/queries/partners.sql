SELECT 'resource' AS source, kind_code AS code, extract(YEAR FROM valid_from) AS year, sum(quantity) AS quantity,
    cast(NULL AS decimal(38, 2)) AS ceiling_idr
FROM core.resources
WHERE kind_code IN ('partner', 'company', 'lks', 'red_cross', 'religious_group') AND NOT is_repeat
GROUP BY ALL
UNION ALL
SELECT 'budget', fund_code, budget_year, NULL, sum(ceiling_idr)
FROM (
    SELECT budget_year, fund_code, ceiling_idr
    FROM core.budget_lines
    WHERE NOT is_repeat
    QUALIFY month_on = max(month_on) OVER (PARTITION BY budget_year, program)
)
WHERE fund_code IN ('csr', 'donor')
GROUP BY ALL
ORDER BY source, code, year
