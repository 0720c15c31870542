-- Of the households known to be eligible, how many were served; months and deciles not told count in neither.
SELECT program_code, period, eligible_served, eligible_unserved_count, service_unknown_count,
    round(eligible_served / nullif(eligible_served + eligible_unserved_count, 0), 4) AS coverage_share
FROM (
    SELECT program_code, period, eligible_unserved_count, service_unknown_count,
        households_paid_count - served_not_eligible_count - eligibility_unknown_count AS eligible_served
    FROM analysis.program_scorecard
    WHERE eligible_unserved_count IS NOT NULL
)
ORDER BY period DESC, program_code
