-- The panel holds all that was paid and nothing twice: as much as the programs' months, which are as
-- much as core's benefits spread over their months. And everybody whom a dated list names is in it.
select 'money of the programs' as what, panel_idr, months_idr
from (
    select
        (select coalesce(sum(amount_idr), 0) from {{ ref('beneficiary_months') }}) as panel_idr,
        (select coalesce(sum(amount_idr), 0) from {{ ref('beneficiary_program_months') }}) as months_idr
) as sums
where panel_idr <> months_idr
union all
select 'money of the benefits', months_idr, benefits_idr
from (
    select
        (select coalesce(sum(amount_idr), 0) from {{ ref('beneficiary_program_months') }}) as months_idr,
        (
            select coalesce(sum(amount_idr), 0) from {{ ref('benefits') }}
            where not is_repeat and status_code = 'paid' and valid_from is not null and beneficiary_id is not null
        ) as benefits_idr
) as sums
where months_idr <> benefits_idr
union all
select 'people without a month', count(*), 0
from {{ ref('beneficiaries') }} as b
where not exists (select 1 from {{ ref('beneficiary_months') }} as m where m.beneficiary_id = b.beneficiary_id)
    and exists (
        select 1 from {{ ref('person_records') }} as r where r.beneficiary_id = b.beneficiary_id and r.valid_from is not null
    )
having count(*) > 0
