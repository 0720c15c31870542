-- Which submission serves: of one program, area and period the newest that is not rejected, by
-- (version, sent_at, sha256). Worked out over all versions that are known, so that the order in
-- which they arrive does not matter. Reads ingest_new and the vault; writes the vault. Temporary
-- tables, because a transaction may write to one database only.
create or replace temp table ingest_states as
select
    n.*,
    coalesce(s.state, 'rejected') as state,
    coalesce(s.reason_id, n.problem_id) as reason_id,
    coalesce(s.reason_en, n.problem_en) as reason_en,
    case when s.state is null then n.problem_code else s.reason_code end as reason_code,
    case when s.state is null then n.problem_column else s.reason_column end as reason_column,
    coalesce(s.rows_count, 0) as rows_count,
    coalesce(s.accepted_count, 0) as accepted_count,
    coalesce(s.quarantined_count, 0) as quarantined_count,
    coalesce(s.issues_critical_count, 0) + (n.problem_code is not null)::bigint as issues_critical_count,
    coalesce(s.issues_warning_count, 0) as issues_warning_count,
    coalesce(s.issues_info_count, 0) + n.footer_count as issues_info_count
from memory.main.ingest_new as n
left join memory.main.check_states as s using (submission_id);

create or replace temp table ingest_serving as
with known as (
    select submission_id, program, area_code, period, version, sent_at, sha256, state
    from ingest_states
    union all
    select v.submission_id, v.program, v.area_code, v.period, v.version, v.sent_at, v.sha256, v.state
    from vault.quality.submissions as v
    semi join ingest_states as n
        on v.program = n.program and v.area_code = n.area_code and v.period = n.period
    anti join ingest_states as m on v.submission_id = m.submission_id
)

select
    submission_id,
    state <> 'rejected' and 1 = row_number() over (
        partition by program, area_code, period, state = 'rejected'
        order by version desc, sent_at desc, sha256 desc
    ) as is_serving
from known;

update vault.quality.submissions as v
set is_serving = s.is_serving
from ingest_serving as s
where v.submission_id = s.submission_id and v.is_serving is distinct from s.is_serving;

insert into vault.quality.submissions (
    submission_id, program, area_code, period, version, file_name, sha256, received_at, sent_at,
    state, reason_id, reason_en, reason_code, reason_column,
    records_count, title_count, header_count, repeated_header_count, blank_count, footer_count,
    rows_count, accepted_count, quarantined_count,
    issues_critical_count, issues_warning_count, issues_info_count, period_from, period_to,
    is_serving, rules_hash
)
select
    n.submission_id, n.program, n.area_code, n.period, n.version, n.file_name, n.sha256, n.received_at, n.sent_at,
    n.state, n.reason_id, n.reason_en, n.reason_code, n.reason_column,
    n.records_count, n.title_count, n.header_count, n.repeated_header_count, n.blank_count, n.footer_count,
    n.rows_count, n.accepted_count, n.quarantined_count,
    n.issues_critical_count, n.issues_warning_count, n.issues_info_count, n.period_from, n.period_to,
    s.is_serving, n.rules_hash
from ingest_states as n
join ingest_serving as s using (submission_id)
order by n.submission_id;
