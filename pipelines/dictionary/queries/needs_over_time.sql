SELECT cast(date_trunc('quarter', need_on) AS date) AS quarter_on, source_code, need_code, count(*) AS needs,
    count(CASE WHEN stage_code = 'benefit' THEN 1 END) AS helped
FROM analysis.referral_funnel
GROUP BY ALL
ORDER BY quarter_on DESC, needs DESC, source_code, need_code
