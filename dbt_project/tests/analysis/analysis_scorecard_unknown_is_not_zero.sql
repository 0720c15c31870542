-- A quarter of which no register, or no list of payments, of any sender is here has no counts of it.
select c.area_code, c.period
from {{ ref('area_scorecard') }} as c
left join (select distinct quarter_on from {{ ref('household_quarters') }}) as r on r.quarter_on = c.quarter_on
left join (
    select distinct s.period_from, s.period_to
    from {{ ref('submissions') }} as s
    where s.is_serving and s.program in (select program from {{ ref('benefits') }})
) as p on p.period_from < c.quarter_on + interval 3 month and p.period_to >= c.quarter_on
left join {{ ref('int_benefit_months') }} as m on m.quarter_on = c.quarter_on
where (r.quarter_on is null and coalesce(c.poor_households_count, c.register_households_count, c.eligible_unserved_households_count, c.service_unknown_households_count) is not null)
    or (p.period_from is null and m.quarter_on is null and coalesce(c.reached_households_count, c.poor_reached_households_count, c.eligible_unserved_households_count) is not null)
    -- Where only one side is known, nothing that needs both is told.
    or (c.register_households_count is null and c.poor_reached_share is not null)
    or (c.reached_households_count is null and (c.poor_reached_share is not null or c.amount_idr is not null))
