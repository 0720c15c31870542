-- Spread over months, help stays as much as it was; and none is lost: what is in no month is counted
-- as undated.
select b.benefit_id
from {{ ref('benefits') }} as b
inner join (
    select benefit_id, sum(amount_month_idr) as amount_idr from {{ ref('int_benefit_months') }} group by benefit_id
) as m on m.benefit_id = b.benefit_id
where m.amount_idr is distinct from b.amount_idr
union all
select 'undated: ' || counted || ' of ' || there
from (
    select
        (select coalesce(sum(benefits_undated_count), 0) from {{ ref('area_program_reach') }} where length(area_code) = 2) as counted,
        (select count(*) from {{ ref('benefits') }} where not is_repeat and valid_from is null) as there
) as both_sides
where counted <> there
union all
select b.benefit_id
from {{ ref('benefits') }} as b
left join {{ ref('int_benefit_months') }} as m on m.benefit_id = b.benefit_id
where not b.is_repeat and b.valid_from is not null and m.benefit_id is null
