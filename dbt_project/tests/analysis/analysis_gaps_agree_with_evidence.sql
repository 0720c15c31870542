-- Each class says what its own columns say: a decile known to be outside, none known, or inside.
select g.*
from {{ ref('coverage_gaps') }} as g
inner join {{ ref('eligibility_rules') }} as r on r.rule_id = g.rule_id
where (g.gap_class = 'served_not_eligible' and not (g.desil_min > r.max_value or g.desil_max < r.min_value))
    or (g.gap_class = 'served_not_eligible' and g.desil_min is null)
    or (g.gap_class = 'eligibility_unknown' and g.desil_min > r.max_value)
    or (g.gap_class = 'served_unlisted' and g.submission_id is not null)
    or (g.gap_class in ('eligible_unserved', 'service_unknown') and g.reason_codes not like '%served_by_%' and g.desil_max is null)
    or (g.gap_class in ('eligible_unserved', 'service_unknown') and g.reason_codes not like '%served_by_%' and not (g.desil_min >= r.min_value and g.desil_max <= r.max_value))
    or (g.gap_class in ('eligible_unserved', 'service_unknown') and g.benefits_count is not null)
    or (g.gap_class in ('served_not_eligible', 'eligibility_unknown', 'served_unlisted') and coalesce(g.benefits_count, 0) < 1)
    or (g.gap_class = 'eligible_unserved' and g.months_told_count <> 3)
    or (g.gap_class = 'service_unknown' and g.months_told_count >= 3)
    or (g.household_id is null) <> (g.subject_kind = 'person')
    or g.household_id <> g.subject_id
