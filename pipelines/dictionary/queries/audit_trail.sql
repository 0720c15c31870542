SELECT submission_id, program, area_code, period, version, content_sha256, received_at, sent_at, state_code, reason_code,
    rules_hash, rows_count, accepted_count, quarantined_count
FROM core.submissions
ORDER BY received_at DESC, submission_id
