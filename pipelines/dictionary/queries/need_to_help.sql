SELECT need_code, to_program_code, stage_code, closed_level, count(*) AS needs, median(days_to_benefit) AS days_median
FROM analysis.referral_funnel
GROUP BY ALL
ORDER BY need_code, to_program_code, stage_code, closed_level
