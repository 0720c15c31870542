SELECT program, area_code, period, state_code, received_at, is_serving, rows_count, accepted_count
FROM core.submissions
ORDER BY received_at DESC, submission_id
