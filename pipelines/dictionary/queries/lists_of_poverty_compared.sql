SELECT d.value_number AS desil_dtsen, r.value_number AS desil_regsosek, count(DISTINCT d.beneficiary_id) AS people
FROM core.observations AS d
INNER JOIN core.observations AS r
    ON r.beneficiary_id = d.beneficiary_id AND r.indicator_code = 'desil_nasional' AND NOT r.is_repeat
WHERE d.indicator_code = 'desil' AND NOT d.is_repeat
    AND d.valid_from = (SELECT max(o.valid_from) FROM core.observations AS o WHERE o.indicator_code = 'desil')
GROUP BY ALL
ORDER BY desil_dtsen, desil_regsosek
