SELECT beneficiary_id, month_on, program_code, is_listed, receipts_count, amount_idr, services_count
FROM analysis.beneficiary_program_months
WHERE beneficiary_id = (
    SELECT b.beneficiary_id FROM core.beneficiaries AS b ORDER BY b.programs_count DESC, b.beneficiary_id LIMIT 1
)
ORDER BY month_on, program_code
