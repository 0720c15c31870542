-- From issues to states. A file with a failed critical table rule, or with no row that can be
-- used, is rejected: all its rows go to quarantine.
create or replace table memory.main.check_quarantine as
with critical_rows as (
    select i.submission_id, i.source_row, list_sort(list(i.rule_id)) as rule_ids
    from memory.main.check_issues as i
    join memory.main.check_rules as r using (rule_id)
    where r.severity = 'critical' and r.level = 'row'
    group by i.submission_id, i.source_row
),

-- Critical rules of the file itself; a rule that could not be run counts as one.
rejected as (
    select submission_id, list_sort(list(rule_id)) as rule_ids
    from (
        select i.submission_id, i.rule_id
        from memory.main.check_issues as i
        join memory.main.check_rules as r using (rule_id)
        where r.severity = 'critical' and r.level = 'table'
        union all
        select submission_id, broken_rule_id
        from memory.main.check_files
        where broken_rule_id is not null
    )
    group by submission_id
)

select
    b.submission_id,
    b.source_row,
    list_sort(list_concat(coalesce(c.rule_ids, []::varchar[]), coalesce(f.rule_ids, []::varchar[]))) as rule_ids
from memory.main.check_batch as b
left join critical_rows as c using (submission_id, source_row)
left join rejected as f using (submission_id)
where c.rule_ids is not null or f.rule_ids is not null;

create or replace table memory.main.check_states as
with counted_rows as (
    select submission_id, count(*) as rows_count from memory.main.check_batch group by submission_id
),

counted_quarantine as (
    select submission_id, count(*) as quarantined_count
    from memory.main.check_quarantine
    group by submission_id
),

counted_issues as (
    select
        i.submission_id,
        count(*) filter (where r.severity = 'critical') as critical_count,
        count(*) filter (where r.severity = 'warning') as warning_count,
        count(*) filter (where r.severity = 'info') as info_count,
        -- The first critical rule of the file, by its id: the reason told.
        min(i.rule_id) filter (where r.severity = 'critical' and r.level = 'table') as table_rule_id,
        -- The critical row rule that broke most rows.
        mode(i.rule_id order by i.rule_id) filter (where r.severity = 'critical' and r.level = 'row') as row_rule_id
    from memory.main.check_issues as i
    join memory.main.check_rules as r using (rule_id)
    group by i.submission_id
),

joined as (
    select
        f.submission_id,
        f.broken_rule_id,
        coalesce(n.rows_count, 0) as rows_count,
        coalesce(q.quarantined_count, 0) as quarantined_count,
        coalesce(i.critical_count, 0) as issues_critical_count,
        coalesce(i.warning_count, 0) as issues_warning_count,
        coalesce(i.info_count, 0) as issues_info_count,
        i.table_rule_id,
        i.row_rule_id
    from memory.main.check_files as f
    left join counted_rows as n using (submission_id)
    left join counted_quarantine as q using (submission_id)
    left join counted_issues as i using (submission_id)
),

judged as (
    select
        *,
        case
            when broken_rule_id is not null then 'rule_failed'
            when table_rule_id is not null then 'table_rule'
            when rows_count = 0 then 'no_rows'
            when quarantined_count = rows_count then 'no_usable_rows'
        end as rejected_for
    from joined
)

select
    j.submission_id,
    case
        when j.rejected_for is not null then 'rejected'
        when j.quarantined_count > 0 then 'partially_accepted'
        when j.issues_warning_count > 0 then 'accepted_with_errors'
        else 'accepted'
    end as state,
    case j.rejected_for
        when 'rule_failed' then
            'Aturan ''' || j.broken_rule_id || ''' tidak dapat dijalankan pada berkas ini, sehingga isinya belum dapat diperiksa; '
            || 'hubungi pengelola data.'
        when 'table_rule' then t.message_id || ' ' || t.action_id
        when 'no_rows' then 'Berkas tidak berisi satu baris data pun; kirim ulang berkas yang berisi daftarnya.'
        when 'no_usable_rows' then
            'Tidak satu pun dari ' || j.rows_count || ' baris dapat dipakai; kesalahan terbanyak: ' || m.message_id
    end as reason_id,
    case j.rejected_for
        when 'rule_failed' then
            'The rule ''' || j.broken_rule_id || ''' could not be run on this file, so its content could not be checked; '
            || 'tell the data team.'
        when 'table_rule' then t.message_en || ' ' || t.action_en
        when 'no_rows' then 'The file holds no row of data; send the file with its list.'
        when 'no_usable_rows' then
            'None of the ' || j.rows_count || ' rows can be used; the most frequent error: ' || m.message_en
    end as reason_en,
    case j.rejected_for when 'table_rule' then j.table_rule_id else j.rejected_for end as reason_code,
    case j.rejected_for
        when 'table_rule' then t.column_name
        when 'no_usable_rows' then m.column_name
    end as reason_column,
    j.rows_count,
    case when j.rejected_for is null then j.rows_count - j.quarantined_count else 0 end as accepted_count,
    j.quarantined_count,
    j.issues_critical_count,
    j.issues_warning_count,
    j.issues_info_count
from judged as j
left join memory.main.check_rules as t on j.table_rule_id = t.rule_id
left join memory.main.check_rules as m on j.row_rule_id = m.rule_id;
