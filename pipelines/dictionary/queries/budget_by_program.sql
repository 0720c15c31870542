SELECT program_code, period, budget_ceiling_idr, budget_realised_idr, budget_realised_share, funding_gap_idr
FROM analysis.program_scorecard
WHERE budget_ceiling_idr IS NOT NULL OR funding_gap_idr IS NOT NULL
ORDER BY period DESC, program_code
