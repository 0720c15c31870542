SELECT program_code, component_code, status_code, count(DISTINCT beneficiary_id) AS people
FROM core.enrolments
WHERE program_code IN ('blk', 'prakerja') AND NOT is_repeat
GROUP BY ALL
ORDER BY program_code, people DESC, component_code, status_code
