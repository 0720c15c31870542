-- Everything that was wrong: what rules found in rows and files, files that could not be read, and
-- the lines that were taken for totals and notes, and the columns that nobody declared.
select
    n.submission_id, n.program, n.area_code, n.period, memory.main.part_of(i.source_row) as source_part,
    memory.main.row_of(i.source_row) as source_row, r.column_name, i.rule_id, r.severity,
    i.value_sent, r.message_id, r.message_en, r.action_id, r.action_en
from memory.main.check_issues as i
join memory.main.check_rules as r using (rule_id)
join memory.main.ingest_new as n using (submission_id)
union all
select
    submission_id, program, area_code, period, null, null, problem_column, problem_code, 'critical',
    null, problem_id, problem_en, null, null
from memory.main.ingest_new
where problem_code is not null
union all
select
    n.submission_id, n.program, n.area_code, n.period, memory.main.part_of(o.source_row), memory.main.row_of(o.source_row), null, 'line_left_out', 'info',
    o.line,
    'Baris ini dianggap jumlah, catatan atau tanda tangan, sehingga tidak dibaca sebagai data.',
    'This line was taken for a total, a note or a signature, so it was not read as data.',
    'Jika baris ini data, isi kolom kuncinya (misalnya NIK dan nama) lalu kirim ulang.',
    'If it is data, fill in its key columns (such as NIK and name) and send it again.'
from memory.main.ingest_left_out as o
join memory.main.ingest_new as n using (submission_id)
union all
select
    n.submission_id, n.program, n.area_code, n.period, u.source_part, null, null, 'unknown_column', 'info',
    u.label,
    'Kolom ini tidak dikenal program; isinya disimpan tetapi tidak dipakai.',
    'The program does not know this column; its content is kept but not used.',
    'Periksa ejaan judul kolomnya; beri tahu pengelola data bila kolomnya memang baru.',
    'Check the spelling of its heading; tell the data team if the column is new.'
from memory.main.ingest_unknown as u
join memory.main.ingest_new as n using (submission_id)
order by submission_id, source_part nulls first, source_row nulls first, rule_id, value_sent
