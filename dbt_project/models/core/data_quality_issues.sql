{{ config(unique_key=['submission_id', 'rule_id', 'column_name', 'severity_code']) }}

-- What was wrong, counted. Values, rows and messages stay with the sender and in the vault, and so
-- does all that was wrong in a restricted list, where one finding may tell of one case.
select
    submission_id,
    rule_id,
    coalesce(column_name, '(none)') as column_name,
    severity as severity_code,
    min(program) as program,
    min(area_code) as area_code,
    min(period) as period,
    count(*) as issue_count,
    count(distinct source_row) as rows_count
from {{ source('quality', 'issues') }}
where not ({{ is_restricted('program') }})
group by submission_id, rule_id, coalesce(column_name, '(none)'), severity
