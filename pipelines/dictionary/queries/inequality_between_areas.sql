SELECT area_code, area_level, period, areas_compared_count, areas_gini, best_worst_fifth_ratio
FROM analysis.area_scorecard
WHERE areas_gini IS NOT NULL
ORDER BY period DESC, areas_gini DESC, area_code
