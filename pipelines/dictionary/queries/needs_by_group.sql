SELECT f.need_code, p.sex_code, p.age_code, p.disability_code, count(DISTINCT f.beneficiary_id) AS people
FROM analysis.referral_funnel AS f
INNER JOIN analysis.person_quarters AS p
    ON p.beneficiary_id = f.beneficiary_id AND p.quarter_on = date_trunc('quarter', f.need_on)
GROUP BY ALL
ORDER BY people DESC, f.need_code, p.sex_code, p.age_code, p.disability_code
