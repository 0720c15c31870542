SELECT area_code, period, resource_code, need_code, resource_quantity, need_count, people_per_resource,
    standard_people_per_resource, shortfall_quantity, legal_basis
FROM analysis.resource_gaps
ORDER BY period DESC, shortfall_quantity DESC NULLS LAST, area_code, resource_code, need_code
