SELECT program_code, period, entitlements_count, entitlements_received_count, entitlements_unknown_count,
    entitlements_received_share, budget_realised_share
FROM analysis.program_scorecard
WHERE entitlements_count > 0 OR budget_realised_share IS NOT NULL
ORDER BY period DESC, program_code
