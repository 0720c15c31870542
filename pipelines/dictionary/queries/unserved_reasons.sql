SELECT program, reason_code, count(*) AS households
FROM (
    SELECT g.program, unnest(string_split(g.reason_codes, ',')) AS reason_code
    FROM analysis.coverage_gaps AS g
    WHERE g.gap_class = 'eligible_unserved'
        AND g.quarter_on = (SELECT max(q.quarter_on) FROM analysis.coverage_gaps AS q WHERE q.gap_class = 'eligible_unserved')
)
GROUP BY ALL
ORDER BY program, households DESC, reason_code
