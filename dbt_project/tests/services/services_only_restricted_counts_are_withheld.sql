-- A submission without its counts is one of a restricted list, and no finding of such a list is told.
select 'count missing' as problem, program, submission_id
from {{ ref('submissions') }}
where (rows_count is null or accepted_count is null or quarantined_count is null or issues_critical_count is null
    or issues_warning_count is null or issues_info_count is null)
    and not ({{ is_restricted('program') }})
union all
select 'small count shown', program, submission_id
from {{ ref('submissions') }}
where {{ is_restricted('program') }}
    and (rows_count between 1 and {{ var('small_number', 10) }} - 1 or issues_warning_count between 1 and {{ var('small_number', 10) }} - 1)
union all
select 'finding told', program, submission_id
from {{ ref('data_quality_issues') }}
where {{ is_restricted('program') }}
