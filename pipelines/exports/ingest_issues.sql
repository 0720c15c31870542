-- Everything that was wrong: what rules found in rows and files, and files that could not be read.
insert into vault.quality.issues (
    submission_id, program, area_code, period, source_row, column_name, rule_id, severity,
    value_sent, message_id, message_en, action_id, action_en
)
select
    n.submission_id, n.program, n.area_code, n.period, i.source_row, r.column_name, i.rule_id, r.severity,
    i.value_sent, r.message_id, r.message_en, r.action_id, r.action_en
from memory.main.check_issues as i
join memory.main.check_rules as r using (rule_id)
join memory.main.ingest_new as n using (submission_id)
union all
select
    submission_id, program, area_code, period, null, null, problem_code, 'critical',
    null, problem_id, problem_en, null, null
from memory.main.ingest_new
where problem_code is not null
order by submission_id, source_row nulls first, rule_id;
