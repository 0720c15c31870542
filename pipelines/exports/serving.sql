-- Which submission serves, which waits for a person. Everything is worked out anew over all
-- submissions that are known of an area, in the order of their periods, so that the order in which
-- they arrive does not matter.
--
-- Of one program, area and period the newest serves, by (version, sent_at, sha256), that
--   - is not rejected by its checks, and refused by nobody;
--   - was approved, or resembles what served last in an earlier period (of the same program and
--     area): its number of rows differs by no more than the program's tolerance, and no required
--     column that was filled there is empty here.
-- One that is newer than what serves and does not resemble it waits; what came before it serves on.
--
-- Reads serving_new (what is about to be recorded), serving_rules (of the programs in question),
-- serving_touched (their areas) and the vault. Makes serving_verdicts and updates the vault.
create or replace temp table serving_known as
with recorded as (
    select
        v.submission_id, v.program, v.area_code, v.period, v.period_from, v.period_to, v.version, v.sent_at,
        v.sha256, coalesce(v.checked_state, v.state) as checked_state, v.rows_count, v.filled_counts,
        v.reason_id, v.reason_en, v.reason_code, v.reason_column
    from vault.quality.submissions as v
    semi join serving_touched as t on v.program = t.program and v.area_code = t.area_code
    anti join serving_new as n on v.submission_id = n.submission_id
),

decided as (
    select submission_id, arg_max(decision, approval_no) as decision
    from vault.quality.approvals
    group by submission_id
)

select
    k.*,
    d.decision,
    k.checked_state <> 'rejected' and d.decision is distinct from 'refuse' as is_candidate,
    dense_rank() over (
        partition by k.program, k.area_code order by k.period_from, k.period_to, k.period
    ) as place
from (select * from serving_new union all by name select * from recorded) as k
left join decided as d using (submission_id);

create or replace temp macro serving_jumps(share, minimum, rows_before, rows_now) as (
    coalesce(
        abs(rows_now - rows_before) > share * rows_before and abs(rows_now - rows_before) > minimum,
        false
    )
);

-- Required columns that what served before has filled, and that are empty now though so many of
-- their cells were to be expected that this cannot be chance.
create or replace temp macro serving_emptied(required, filled_before, rows_before, filled_now, rows_now) as (
    list_filter(
        coalesce(required, []::varchar[]),
        lambda name:
            coalesce(
                filled_now[name] = 0 and filled_before[name] * rows_now >= 10 * rows_before and rows_before > 0,
                false
            )
    )
);

-- One step per period. served_id: what serves last up to and with this period.
create or replace temp table serving_walk as
with recursive walk as (
    select distinct program, area_code, 0::bigint as place, null::varchar as served_id
    from serving_known
    where period is not null and area_code is not null
    union all
    select
        program, area_code, place,
        coalesce(arg_max(submission_id, newest) filter (where fits), served_id) as served_id
    from (
        select
            w.program, w.area_code, k.place, w.served_id, k.submission_id,
            {'version': k.version, 'sent_at': k.sent_at, 'sha256': k.sha256} as newest,
            k.is_candidate and (
                coalesce(k.decision = 'approve', false) or not (
                    serving_jumps(r.rows_share, r.rows_minimum, b.rows_count, k.rows_count)
                    or len(serving_emptied(r.required, b.filled_counts, b.rows_count, k.filled_counts, k.rows_count)) > 0
                )
            ) as fits
        from walk as w
        join serving_known as k on w.program = k.program and w.area_code = k.area_code and w.place + 1 = k.place
        join serving_rules as r on w.program = r.program
        left join serving_known as b on w.served_id = b.submission_id
    )
    group by program, area_code, place, served_id
)

select * from walk;

create or replace temp table serving_verdicts as
with compared as (
    select
        k.*,
        b.period as period_before,
        b.rows_count as rows_before,
        h.submission_id is not null and k.submission_id = h.submission_id as is_serving,
        k.is_candidate
        and k.decision is distinct from 'approve'
        and (
            h.submission_id is null
            or (k.version, k.sent_at, k.sha256) > (h.version, h.sent_at, h.sha256)
        ) as waits,
        serving_jumps(r.rows_share, r.rows_minimum, b.rows_count, k.rows_count) as jumps,
        serving_emptied(r.required, b.filled_counts, b.rows_count, k.filled_counts, k.rows_count) as emptied
    from serving_known as k
    left join serving_rules as r on k.program = r.program
    left join serving_walk as before
        on k.program = before.program and k.area_code = before.area_code and k.place = before.place + 1
    left join serving_known as b on before.served_id = b.submission_id
    left join serving_walk as here
        on k.program = here.program and k.area_code = here.area_code and k.place = here.place
    left join serving_known as h on here.served_id = h.submission_id and k.place = h.place
)

select
    submission_id,
    case
        when checked_state = 'rejected' then 'rejected'
        when decision is not distinct from 'refuse' then 'refused'
        when waits then 'waiting'
        else checked_state
    end as state,
    case
        when checked_state = 'rejected' then reason_id
        when decision is not distinct from 'refuse' then
            'Pengelola data menolak berkas ini; hubungi pengelola data, atau kirim versi baru.'
        when waits and jumps then
            'Berkas ini berisi ' || rows_count || ' baris, sedangkan berkas periode ' || period_before
            || ' yang dipakai berisi ' || rows_before || ' baris; berkas menunggu persetujuan pengelola data.'
        when waits then
            'Kolom ' || list_aggregate(emptied, 'string_agg', ', ') || ' kosong di semua baris, sedangkan pada periode '
            || period_before || ' terisi; berkas menunggu persetujuan pengelola data.'
    end as reason_id,
    case
        when checked_state = 'rejected' then reason_en
        when decision is not distinct from 'refuse' then
            'The data team has refused this file; ask them, or send a new version.'
        when waits and jumps then
            'The file has ' || rows_count || ' rows, and the file in use of period ' || period_before
            || ' has ' || rows_before || '; it waits for the data team''s approval.'
        when waits then
            'The column ' || list_aggregate(emptied, 'string_agg', ', ') || ' is empty in all rows, and was filled in period '
            || period_before || '; the file waits for the data team''s approval.'
    end as reason_en,
    case
        when checked_state = 'rejected' then reason_code
        when decision is not distinct from 'refuse' then 'refused'
        when waits and jumps then 'rows_changed'
        when waits then 'column_emptied'
    end as reason_code,
    case
        when checked_state = 'rejected' then reason_column
        when decision is not distinct from 'refuse' then null
        when waits and not jumps then emptied[1]
    end as reason_column,
    rows_before as expected_rows_count,
    is_serving
from compared;

update vault.quality.submissions as v
set
    state = s.state,
    reason_id = s.reason_id,
    reason_en = s.reason_en,
    reason_code = s.reason_code,
    reason_column = s.reason_column,
    expected_rows_count = s.expected_rows_count,
    is_serving = s.is_serving,
    checked_state = coalesce(v.checked_state, v.state)
from serving_verdicts as s
where
    v.submission_id = s.submission_id
    and (v.state, v.reason_id, v.reason_en, v.reason_code, v.reason_column, v.expected_rows_count, v.is_serving)
    is distinct from (
        s.state, s.reason_id, s.reason_en, s.reason_code, s.reason_column, s.expected_rows_count, s.is_serving
    );
