-- What stands in the barn, as counts: measure, kind, count. Each SELECT is run only if the table
-- stands that the line before it names, and without a row the measure counts 0.

-- programs: vault.quality.submissions
SELECT 'programs', 'with submissions', count(DISTINCT program) FROM vault.quality.submissions;

-- submissions: vault.quality.submissions
SELECT 'submissions', state, count(*)
FROM vault.quality.submissions
GROUP BY state
ORDER BY list_position(
    ['accepted', 'accepted_with_errors', 'partially_accepted', 'rejected', 'waiting', 'refused'], state
);

-- rows: vault.quality.submissions
SELECT unnest(['rows', 'rows']), unnest(['accepted', 'quarantined']),
    unnest([coalesce(sum(accepted_count), 0), coalesce(sum(quarantined_count), 0)])
FROM vault.quality.submissions;

-- people: warehouse.core.beneficiaries
SELECT 'people', '', count(*) FROM warehouse.core.beneficiaries;

-- households: warehouse.core.households
SELECT 'households', '', count(*) FROM warehouse.core.households;

-- overlaps: warehouse.analysis.overlaps
SELECT 'overlaps', verdict, count(*) FROM warehouse.analysis.overlaps GROUP BY verdict ORDER BY verdict;

-- coverage gaps: warehouse.analysis.coverage_gaps
SELECT 'coverage gaps', gap_class, count(*)
FROM warehouse.analysis.coverage_gaps GROUP BY gap_class ORDER BY gap_class;

-- doubtful pairs: vault.identity.review_queue
SELECT 'doubtful pairs', 'to review', count(*) FROM vault.identity.review_queue;
