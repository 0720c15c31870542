-- Marking repeats loses no payment: for whatever a repeat says (program, member, kind and period)
-- some row counts, of the same payee or, by their common card, of the same area and amount.
select r.benefit_id
from {{ ref('benefits') }} as r
where r.is_repeat
    and not exists (
        select 1 from {{ ref('benefits') }} as k
        where not k.is_repeat
            and k.program = r.program
            and k.program_code = r.program_code
            and k.valid_from = r.valid_from
            and k.valid_to = r.valid_to
            and k.benefit_type_code is not distinct from r.benefit_type_code
            and k.component_code is not distinct from r.component_code
    )
