SELECT program_code, period, outcomes_count, outcomes_known_count, outcomes_good_share, amount_per_person_idr
FROM analysis.program_scorecard
WHERE outcomes_count > 0
ORDER BY period DESC, program_code
