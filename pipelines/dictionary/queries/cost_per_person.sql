SELECT program_code, period, people_paid_count, amount_idr, amount_per_person_idr,
    forbidden_overlap_subjects_count, forbidden_overlap_idr
FROM analysis.program_scorecard
WHERE people_paid_count > 0
ORDER BY period DESC, amount_per_person_idr DESC NULLS LAST, program_code
