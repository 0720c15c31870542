{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- Benefits that are not repeats, month by month of the period they cover: a PKH tahap covers its
-- three months, each with a third of the amount; the last month takes what rounding leaves. One row
-- per benefit and month; help without period and payment day falls out here and is counted in
-- area_program_reach (benefits_undated_count).
select
    benefit_id, program, program_code, benefit_type_code, submission_id, source_row,
    beneficiary_id, household_id, for_beneficiary_id, card_ordinal, match_probability,
    status_code, area_code, current_area_code,
    cast(month_at as date) as month_on,
    cast(date_trunc('quarter', month_at) as date) as quarter_on,
    case
        when month_at >= date_trunc('month', greatest(valid_from, valid_to))
            then amount_idr - (months_count - 1) * cast(amount_idr / months_count as decimal(18, 2))
        else cast(amount_idr / months_count as decimal(18, 2))
    end as amount_month_idr
from (
    select
        b.*,
        {{ unnest_list(span_starts('b.valid_from', 'greatest(b.valid_from, b.valid_to)', 'month')) }} as month_at,
        {{ list_size(span_starts('b.valid_from', 'greatest(b.valid_from, b.valid_to)', 'month')) }} as months_count
    from {{ ref('benefits') }} as b
    where not b.is_repeat and b.valid_from is not null
) as spread
