SELECT program_code, period, households_paid_count, served_not_eligible_count, inclusion_error_share,
    eligible_unserved_count, eligibility_unknown_count, in_time_share
FROM analysis.program_scorecard
WHERE inclusion_error_share IS NOT NULL OR eligible_unserved_count IS NOT NULL
ORDER BY period DESC, program_code
