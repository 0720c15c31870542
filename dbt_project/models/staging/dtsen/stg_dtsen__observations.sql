{{ config(unique_key=record_key('observations')) }}

-- Every row states every indicator; where the cell is blank or its word is new, the value is
-- unknown (NULL) and what was sent stands beside it. A register speaks of its period, not of a
-- day: observed_on is NULL, so that a row last updated years ago still counts in this quarter.
with submitted as (
    {{ submitted('dtsen') }}
),

stated as (
    select
        submission_id, source_row, 'desil' as indicator_code,
        {{ decode_decile('desil') }} as value_number,
        {{ decode_decile_label('desil') }} as value_code,
        desil as value_sent
    from submitted
    {% for flag in ['pkh', 'bpnt', 'pbi_jk'] %}
    union all
    select
        submission_id, source_row, 'dtsen_flag_{{ flag }}',
        cast(null as double), {{ decode_flag(flag) }}, {{ flag }}
    from submitted
    {% endfor %}
)

select
    'dtsen' as program,
    submission_id,
    source_row,
    concat(source_row, ':person') as source_record_id,
    indicator_code,
    cast(null as date) as observed_on,
    value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
