-- Two queries over the recorded submissions of $program: by period, and by period and rule.
-- A sentence calls the file by its submission_id: its sender's name for it may name a person.
-- $periods: the periods asked for; NULL for all. Files whose name tells no period always count.
select
    period,
    [
        count(*) filter (where state = 'accepted'),
        count(*) filter (where state = 'accepted_with_errors'),
        count(*) filter (where state = 'partially_accepted'),
        count(*) filter (where state = 'rejected')
    ],
    count(*) filter (where is_serving),
    sum(rows_count)::bigint,
    sum(accepted_count)::bigint,
    sum(quarantined_count)::bigint,
    sum(issues_critical_count)::bigint,
    sum(issues_warning_count)::bigint,
    sum(issues_info_count)::bigint,
    coalesce(
        list({
            'submission_id': submission_id,
            'id': replace(reason_id, left(file_name, 120), submission_id),
            'en': replace(reason_en, left(file_name, 120), submission_id)
        } order by submission_id)
            filter (where state = 'rejected'),
        []
    )
from vault.quality.submissions
where program = $program and (period is null or $periods is null or period in $periods)
group by period
order by min(period_from) nulls last, period nulls last;

select i.period, i.rule_id, i.column_name, i.severity, count(*)
from vault.quality.issues as i
where i.program = $program and (i.period is null or $periods is null or i.period in $periods)
group by i.period, i.rule_id, i.column_name, i.severity
order by i.period, count(*) desc, i.rule_id
