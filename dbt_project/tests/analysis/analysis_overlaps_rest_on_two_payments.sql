-- Both ends of an overlap are paid, counted benefits that cover the month, of the two programs and,
-- where it is one program, of two payments.
select o.*
from {{ ref('overlaps') }} as o
left join {{ ref('benefits') }} as a on a.benefit_id = o.benefit_a_id
left join {{ ref('benefits') }} as b on b.benefit_id = o.benefit_b_id
where a.benefit_id is null
    or b.benefit_id is null
    or a.benefit_id = b.benefit_id
    or a.program_code <> o.program_a
    or b.program_code <> o.program_b
    or a.status_code <> 'paid' or b.status_code <> 'paid'
    or a.is_repeat or b.is_repeat
    or o.month_on not between date_trunc('month', a.valid_from) and a.valid_to
    or o.month_on not between date_trunc('month', b.valid_from) and b.valid_to
