SELECT area_code, period, unit_code, respondents_count, satisfaction_index, quality_code, lowest_question_code
FROM analysis.service_satisfaction
WHERE program_code = 'all'
ORDER BY period DESC, area_code, satisfaction_index NULLS LAST, unit_code
