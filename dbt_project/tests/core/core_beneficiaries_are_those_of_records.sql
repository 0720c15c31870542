-- People are exactly those whom the serving records name: none invented, none lost.
select r.beneficiary_id
from (select distinct beneficiary_id from {{ ref('person_records') }}) as r
full join {{ ref('beneficiaries') }} as b on b.beneficiary_id = r.beneficiary_id
where r.beneficiary_id is null or b.beneficiary_id is null
