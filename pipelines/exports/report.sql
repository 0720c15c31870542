-- Two queries over the recorded submissions of $program: by period, and by period and rule.
-- A rejection is answered once a newer file of its area and period was not rejected, or, where its
-- name was at fault, once the same bytes were not under another name.
-- $periods: the periods asked for; NULL for all. Files whose name tells no period always count.
with judged as (
    select
        r.*,
        r.state = 'rejected' and exists (
            select 1
            from vault.quality.submissions as a
            where a.program = r.program and a.state not in ('rejected', 'refused') and (
                (
                    a.area_code = r.area_code and a.period = r.period
                    and (a.version, a.sent_at, a.sha256) > (r.version, r.sent_at, r.sha256)
                ) or (
                    a.sha256 = r.sha256 and (
                        r.area_code is null or r.period is null
                        or r.reason_code in ('bad_file_name', 'bad_area', 'bad_period', 'future_period')
                    )
                )
            )
        ) as is_answered
    from vault.quality.submissions as r
    where r.program = $program and (r.period is null or $periods is null or r.period in $periods)
)

select
    period,
    [
        count(*) filter (where state = 'accepted'),
        count(*) filter (where state = 'accepted_with_errors'),
        count(*) filter (where state = 'partially_accepted'),
        count(*) filter (where state = 'rejected'),
        count(*) filter (where state = 'waiting'),
        count(*) filter (where state = 'refused')
    ],
    count(*) filter (where is_answered),
    count(*) filter (where is_serving),
    sum(rows_count)::bigint,
    sum(accepted_count)::bigint,
    sum(quarantined_count)::bigint,
    sum(issues_critical_count)::bigint,
    sum(issues_warning_count)::bigint,
    sum(issues_info_count)::bigint,
    coalesce(
        list({
            'submission_id': submission_id, 'code': reason_code, 'column': reason_column
        } order by submission_id)
            filter (where state = 'rejected' and not is_answered),
        []
    ),
    coalesce(
        list({
            'submission_id': submission_id, 'code': reason_code, 'column': reason_column
        } order by submission_id)
            filter (where state = 'waiting'),
        []
    )
from judged
group by period
order by min(period_from) nulls last, period nulls last;

select i.period, i.rule_id, i.column_name, i.severity, count(*)
from vault.quality.issues as i
where i.program = $program and (i.period is null or $periods is null or i.period in $periods)
group by i.period, i.rule_id, i.column_name, i.severity
order by i.period, count(*) desc, i.rule_id
