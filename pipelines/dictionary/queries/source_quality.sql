SELECT program, area_code, period, state_code, rows_count, accepted_share, issues_per_row, most_frequent_rule_id,
    linked_share, village_known_share, sent_after_days
FROM analysis.source_quality
ORDER BY period_from DESC, accepted_share NULLS FIRST, program, area_code, period
