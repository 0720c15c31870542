-- Known and unknown add up to the whole, and areas of one level never hold more than their parent.
select area_code, period
from {{ ref('area_scorecard') }}
where households_count <> coalesce(poor_households_count + not_poor_households_count, 0) + desil_unknown_households_count
    or children_measured_count
        <> stunted_children_count + not_stunted_children_count + stunting_unknown_children_count
    or people_count < households_count
    or reached_households_count > households_count
union all
select p.area_code, p.period
from {{ ref('area_scorecard') }} as p
inner join {{ ref('area_scorecard') }} as c
    on c.period = p.period
    and length(c.area_code) = case length(p.area_code) when 2 then 5 when 5 then 8 when 8 then 13 end
    and substr(c.area_code, 1, length(p.area_code)) = p.area_code
group by p.area_code, p.period, p.people_count, p.households_count
having sum(c.people_count) > p.people_count or sum(c.households_count) > p.households_count
