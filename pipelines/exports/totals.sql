-- Lines of totals whose figures fit nothing in the file. A figure of such a line is right where it is
-- the sum of a column, or the number of rows, over all rows above it or over those since the line
-- of totals before it. Expects left_out_lines(submission_id, source_row, line) and the number
-- columns of the batch as totals_values(submission_id, source_row, "column", value).
insert into memory.main.check_issues
with lines as (
    select
        submission_id, source_row, line,
        coalesce(
            lag(source_row) over (partition by submission_id, memory.main.part_of(source_row) order by source_row),
            0
        ) as row_before
    from left_out_lines
    where regexp_matches(line, '^(?i:\W*(?:(?:sub|grand)[\s.-]*)?(?:total|jumlah)\b)')
),

figures as (
    select distinct l.*, parse_amount_text(p.piece) as figure
    from lines as l, unnest(string_split(l.line, ' | ')) as p(piece)
    where parse_amount_text(p.piece) is not null
),

sums as (
    select
        f.submission_id, f.source_row, v."column",
        sum(v.value) as whole, sum(v.value) filter (v.source_row > f.row_before) as since,
        count(*) as whole_count, count(*) filter (v.source_row > f.row_before) as since_count
    from (select distinct submission_id, source_row, row_before from figures) as f
    inner join totals_values as v
        on v.submission_id = f.submission_id and v.source_row < f.source_row
        and memory.main.part_of(v.source_row) is not distinct from memory.main.part_of(f.source_row)
    group by f.submission_id, f.source_row, v."column"
),

-- Sums of floating point numbers: a rupiah, or a millionth of the figure.
fits as (
    select f.submission_id, f.source_row, f.line, f.figure,
        bool_or(
            least(abs(f.figure - coalesce(s.whole, 0)), abs(f.figure - coalesce(s.since, 0)))
            <= greatest(0.5, 1e-6 * abs(f.figure))
            or f.figure in (s.whole_count, s.since_count)
        ) as is_right
    from figures as f
    inner join sums as s using (submission_id, source_row)
    group by all
)

select submission_id, source_row, 'total_differs', any_value(line)
from fits
group by submission_id, source_row
having not bool_and(is_right);
