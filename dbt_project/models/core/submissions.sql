{{ config(unique_key='submission_id') }}

-- Every export ever received. The sender's file name may hold a name that its form does not ask
-- for, so only its parsed parts and a hash pass.
select
    submission_id,
    program,
    area_code,
    period,
    period_from,
    period_to,
    cast(version as integer) as version,
    case
        when ending in ('csv', 'tsv', 'txt', 'xlsx', 'xlsm', 'xlsb', 'xls', 'ods', 'json', 'ndjson', 'jsonl', 'parquet', 'zip', 'gz', 'sqlite', 'db')
            then ending
        when ending <> '' then 'other'
    end as file_extension,
    sha256(file_name) as file_name_sha256,
    sha256 as content_sha256,
    cast(received_at as timestamp) as received_at,
    cast(sent_at as timestamp) as sent_at,
    state as state_code,
    -- The sentences go to the sender: they may quote the file's name, a sheet or a heading.
    {{ column_if_there(source('quality', 'submissions'), 'reason_code') }},
    {{ column_if_there(source('quality', 'submissions'), 'reason_column') }},
    -- Of a restricted list only counts that are not small are shown (macros/restricted.sql); all of
    -- its rows together are what is shown of them, so that no difference tells the few held back.
    {{ shown_count('cast(accepted_count as bigint)', 'program') }} + {{ shown_count('cast(quarantined_count as bigint)', 'program') }} as rows_count,
    {{ shown_count('cast(accepted_count as bigint)', 'program') }} as accepted_count,
    {{ shown_count('cast(quarantined_count as bigint)', 'program') }} as quarantined_count,
    {{ shown_count('cast(issues_critical_count as bigint)', 'program') }} as issues_critical_count,
    {{ shown_count('cast(issues_warning_count as bigint)', 'program') }} as issues_warning_count,
    {{ shown_count('cast(issues_info_count as bigint)', 'program') }} as issues_info_count,
    is_serving,
    rules_hash
from (
    select *, lower({{ part('file_name', '[.]([A-Za-z0-9]{1,8})$') }}) as ending
    from {{ source('quality', 'submissions') }}
) as received
