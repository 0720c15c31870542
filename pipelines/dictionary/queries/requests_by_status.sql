SELECT need_code, to_program_code, status_code, count(*) AS requests, min(referred_on) AS oldest_on
FROM core.referrals
WHERE NOT is_repeat
GROUP BY ALL
ORDER BY requests DESC, need_code, to_program_code, status_code
