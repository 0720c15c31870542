-- Nothing below the small number is shown, and no area stands withheld alone among its siblings
-- where another could have been withheld beside it.
select t.area_code, t.period, t.measure_code
from {{ ref('area_totals') }} as t
where t.rounded_count % 5 <> 0
    or (t.rounded_count between 1 and {{ var('small_number', 10) }} - 1)
    or (t.is_withheld <> (t.rounded_count is null))
union all
select min(area_code), period, measure_code
from {{ ref('area_totals') }}
where length(area_code) > 2
group by substr(area_code, 1, case length(area_code) when 5 then 2 when 8 then 5 else 8 end), length(area_code), period, measure_code
having count(case when is_withheld then 1 end) = 1 and count(case when rounded_count > 0 then 1 end) > 0
