-- A chunk's submissions as they are about to be recorded: what was received, and what the checks
-- say of it (checked_state). Whether it serves is serving.sql's, which reads serving_new.
-- Temporary tables, because a transaction may write to one database only.
create or replace temp table ingest_states as
select
    n.*,
    coalesce(s.state, 'rejected') as checked_state,
    coalesce(s.reason_id, n.problem_id) as reason_id,
    coalesce(s.reason_en, n.problem_en) as reason_en,
    case when s.state is null then n.problem_code else s.reason_code end as reason_code,
    case when s.state is null then n.problem_column else s.reason_column end as reason_column,
    coalesce(s.rows_count, 0) as rows_count,
    coalesce(s.accepted_count, 0) as accepted_count,
    coalesce(s.quarantined_count, 0) as quarantined_count,
    coalesce(s.issues_critical_count, 0) + (n.problem_code is not null)::bigint as issues_critical_count,
    coalesce(s.issues_warning_count, 0) as issues_warning_count,
    coalesce(s.issues_info_count, 0) + n.footer_count + coalesce(u.unknown_count, 0) as issues_info_count,
    f.filled_counts
from memory.main.ingest_new as n
left join memory.main.check_states as s using (submission_id)
left join memory.main.ingest_filled as f using (submission_id)
left join (
    select submission_id, count(*) as unknown_count from memory.main.ingest_unknown group by submission_id
) as u using (submission_id);

create or replace temp table serving_new as
select
    submission_id, program, area_code, period, period_from, period_to, version, sent_at, sha256,
    checked_state, rows_count, filled_counts, reason_id, reason_en, reason_code, reason_column
from ingest_states;
