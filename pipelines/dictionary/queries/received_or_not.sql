SELECT program_code, reconciliation_code, count(*) AS entitlements, sum(due_idr) AS due_idr, sum(receipts_idr) AS receipts_idr
FROM core.entitlements
GROUP BY ALL
ORDER BY program_code, entitlements DESC, reconciliation_code
