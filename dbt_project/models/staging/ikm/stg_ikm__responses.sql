{{ config(unique_key=record_key('responses')) }}

-- One answer per row and question, U1 to U9. An answer that is not 1, 2, 3 or 4 is unknown. The
-- index of a unit (Permenpan RB 14/2017) is the mean over the nine questions of their mean answers,
-- each with weight 1/9, times 25. Suggestions are free text and stay in the submission.
with submitted as (
    {{ submitted('ikm') }}
),

answers as (
    {% for number in range(1, 10) %}
    select
        submission_id, source_row, id_responden, unit_layanan, program, tgl, period_to,
        'u{{ number }}' as question_code,
        {{ parse_number('u' ~ number) }} as answer
    from submitted
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    'ikm' as program,
    submission_id,
    source_row,
    concat(source_row, ':responden') as source_record_id,
    coalesce({{ parse_text('id_responden') }}, concat('row ', source_row)) as response_no,
    {{ parse_text('unit_layanan') }} as unit_name,
    {{ decode_agency('unit_layanan') }} as unit_code,
    {{ decode_program('program') }} as program_code,
    {{ parse_date('tgl') }} as answered_on,
    question_code,
    case when answer in (1, 2, 3, 4) then answer end as answer_number
from answers
