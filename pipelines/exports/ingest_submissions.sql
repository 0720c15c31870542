-- The chunk's rows of vault.quality.submissions: what was received, what the checks say of it, and
-- whether it serves (serving_verdicts).
insert into vault.quality.submissions (
    submission_id, program, area_code, period, version, file_name, sha256, received_at, sent_at,
    state, checked_state, reason_id, reason_en, reason_code, reason_column,
    records_count, title_count, header_count, repeated_header_count, blank_count, footer_count,
    rows_count, expected_rows_count, accepted_count, quarantined_count,
    issues_critical_count, issues_warning_count, issues_info_count, period_from, period_to,
    is_serving, rules_hash, filled_counts, headers_sent
)
select
    n.submission_id, n.program, n.area_code, n.period, n.version, n.file_name, n.sha256, n.received_at, n.sent_at,
    v.state, n.checked_state, v.reason_id, v.reason_en, v.reason_code, v.reason_column,
    n.records_count, n.title_count, n.header_count, n.repeated_header_count, n.blank_count, n.footer_count,
    n.rows_count, v.expected_rows_count, n.accepted_count, n.quarantined_count,
    n.issues_critical_count, n.issues_warning_count, n.issues_info_count, n.period_from, n.period_to,
    v.is_serving, n.rules_hash, n.filled_counts, n.headers_sent
from ingest_states as n
join serving_verdicts as v using (submission_id)
order by n.submission_id;
