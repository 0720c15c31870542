-- How the verdicts on a chunk's submissions under today's rules (ingest_states, check_*) differ
-- from those that the vault holds. Reads only. Counts and codes, never a value.

-- states
select
    n.submission_id,
    coalesce(v.checked_state, v.state) as state_before,
    n.checked_state as state_after,
    v.rows_count as rows_before,
    n.rows_count as rows_after,
    v.quarantined_count as quarantined_before,
    n.quarantined_count as quarantined_after
from ingest_states as n
join vault.quality.submissions as v using (submission_id)
order by n.submission_id;

-- issues
with before as (
    select submission_id, source_part, source_row, rule_id, column_name, severity
    from vault.quality.issues
    semi join ingest_states using (submission_id)
),

after as (
    select submission_id, source_part, source_row, rule_id, column_name, severity
    from recheck_issues
),

changed as (
    select *, -1 as difference from (from before except all from after)
    union all
    select *, 1 as difference from (from after except all from before)
)

select
    rule_id, severity,
    count(*) filter (where difference < 0) as lost_count,
    count(*) filter (where difference > 0) as gained_count
from changed
group by rule_id, severity
order by rule_id, severity;

-- rows
with before as (
    select q.submission_id, q.source_part, q.source_row
    from vault.quality.quarantine as q
    semi join ingest_states using (submission_id)
),

after as (
    select
        submission_id, memory.main.part_of(source_row) as source_part, memory.main.row_of(source_row) as source_row
    from memory.main.check_quarantine
)

select
    (select count(*) from (from after except all from before)) as to_quarantine_count,
    (select count(*) from (from before except all from after)) as to_accepted_count;
