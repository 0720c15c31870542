SELECT g.program, g.period, g.reason_codes, s.submission_id, g.source_row, s.state_code, s.received_at
FROM analysis.coverage_gaps AS g
INNER JOIN core.submissions AS s ON s.submission_id = g.submission_id
WHERE g.gap_class = 'served_not_eligible' AND g.certainty_code = 'high'
ORDER BY g.period DESC, g.program, s.submission_id, g.source_row
LIMIT 100
