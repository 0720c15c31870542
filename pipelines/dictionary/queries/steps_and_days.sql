SELECT to_program_code, stage_code, count(*) AS needs, median(days_to_benefit) AS days_to_benefit_median,
    count(CASE WHEN is_unconfirmed THEN 1 END) AS said_done_without_help
FROM analysis.referral_funnel
WHERE source_code = 'referral'
GROUP BY ALL
ORDER BY to_program_code, stage_code
