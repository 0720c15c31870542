SELECT indicator_code, name_id, name_en, definition_id, numerator_en, denominator_en, unit_code, direction_code,
    baseline_value, baseline_on, target_value, target_on, target_source
FROM core.indicators
ORDER BY is_computed DESC, indicator_code
