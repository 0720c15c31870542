-- A verdict names a rule of the pair that was in force on the first day of the month; no_rule stands
-- exactly where there is none.
select o.*
from {{ ref('overlaps') }} as o
left join {{ ref('overlap_rules') }} as r
    on r.rule_id = o.rule_id
    and r.level = o.level
    and least(r.program_a, r.program_b) = o.program_a
    and greatest(r.program_a, r.program_b) = o.program_b
    and o.month_on between r.valid_from and coalesce(r.valid_to, date '9999-12-31')
where (o.verdict = 'no_rule') <> (o.rule_id is null)
    or (o.rule_id is not null and r.rule_id is null)
    or (o.rule_verdict in ('allowed', 'forbidden') and o.verdict <> o.rule_verdict)
