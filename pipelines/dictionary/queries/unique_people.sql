SELECT program_code, period, people_listed_count, people_paid_count, people_served_count, households_paid_count
FROM analysis.program_scorecard
ORDER BY period DESC, program_code
