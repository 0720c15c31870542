-- What a sender is told about the submissions in feedback_ids (submission_id). One query for each
-- part of the workbook, over all of them; every order is total.

-- summaries
select
    s.submission_id, s.program, s.area_code, s.period, s.version, s.file_name, s.sha256, s.received_at,
    s.state, s.reason_id, s.reason_en, s.rows_count, s.accepted_count, s.quarantined_count,
    s.issues_critical_count, s.issues_warning_count, s.issues_info_count, s.is_serving,
    coalesce(s.records_count, 0) - s.rows_count as other_lines_count,
    s.headers_sent,
    (
        select max(n.version)
        from vault.quality.submissions as n
        where n.program = s.program and n.area_code = s.area_code and n.period = s.period
    ) as newest_version
from vault.quality.submissions as s
semi join feedback_ids as f using (submission_id)
order by s.submission_id;

-- trend: of each earlier period what serves, or else the newest version; and the submission itself
with by_period as (
    select
        program, area_code, period, period_from,
        arg_max(
            {
                'version': version, 'state': state, 'rows': rows_count, 'accepted': accepted_count,
                'quarantined': quarantined_count, 'critical': issues_critical_count,
                'warning': issues_warning_count
            },
            (is_serving, version, sent_at, sha256)
        ) as t
    from vault.quality.submissions
    where period_from is not null and area_code is not null
    group by all
)

select
    s.submission_id, b.period, b.t.version, b.t.state, b.t.rows, b.t.accepted, b.t.quarantined,
    b.t.critical, b.t.warning
from vault.quality.submissions as s
semi join feedback_ids as f using (submission_id)
join by_period as b on s.program = b.program and s.area_code = b.area_code and b.period_from < s.period_from
qualify row_number() over (partition by s.submission_id order by b.period_from desc, b.period desc) <= $periods
order by s.submission_id, b.period_from, b.period;

-- groups
with counted as (
    select
        i.submission_id, i.source_part, i.severity, i.column_name, i.rule_id,
        i.message_id, i.message_en, i.action_id, i.action_en,
        count(*) as issues_count,
        min(i.source_row, 5) as first_rows
    from issues as i
    semi join feedback_ids as f using (submission_id)
    group by all
)

select *
from counted
order by
    submission_id, list_position(['critical', 'warning', 'info'], severity), issues_count desc,
    rule_id, column_name nulls first, source_part nulls first, message_id;

-- details
select submission_id, source_part, source_row, severity, column_name, value_sent, message_id, message_en, action_id, action_en
from (
    select i.*, count(*) over (partition by i.submission_id, i.severity, i.rule_id) as of_rule
    from issues as i
    semi join feedback_ids as f using (submission_id)
)
qualify row_number() over (
    partition by submission_id
    order by
        list_position(['critical', 'warning', 'info'], severity), of_rule desc, rule_id,
        source_part nulls first, source_row nulls first, column_name nulls first, value_sent nulls first
) <= $details
order by
    submission_id, list_position(['critical', 'warning', 'info'], severity), of_rule desc, rule_id,
    source_part nulls first, source_row nulls first, column_name nulls first, value_sent nulls first;

-- quarantined
select q.submission_id, q.source_part, q.source_row, q.rule_ids, q.row_sent
from quarantine as q
semi join feedback_ids as f using (submission_id)
qualify row_number() over (
    partition by q.submission_id, q.source_part order by q.source_row
) <= $rows
order by q.submission_id, q.source_part nulls first, q.source_row;
