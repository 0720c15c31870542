-- Marking repeats loses no payment: for whatever a repeat says (program, member, kind and period)
-- some row counts that is the same payee's; or, by their common card, of the same regency and on
-- the same account, the same amount where both are of one file. For the copy of a row it is enough
-- that another row of its file says the same: nobody may have recognised the payee.
with counted as (
    select
        b.*,
        exists (
            select 1 from {{ source('quality', 'issues') }} as i
            where i.submission_id = b.submission_id and i.source_row = b.source_row
                and i.rule_id = 'row_repeated'
        ) as is_copy,
        substr(s.area_code, 1, 5) as sender_regency,
        {{ replace_every('coalesce(p.welfare_card_number, p.account_number)', '[^0-9]', '') }} as card
    from {{ ref('benefits') }} as b
    inner join {{ ref('submissions') }} as s on s.submission_id = b.submission_id
    left join {{ ref('int_persons') }} as p
        on p.submission_id = b.submission_id and p.source_record_id = b.source_record_id
)

select r.benefit_id
from counted as r
where r.is_repeat
    and not exists (
        select 1 from counted as k
        where not k.is_repeat
            and k.program = r.program
            and k.program_code = r.program_code
            and k.valid_from = r.valid_from
            and k.valid_to = r.valid_to
            and k.benefit_type_code is not distinct from r.benefit_type_code
            and k.component_code is not distinct from r.component_code
            and k.for_beneficiary_id is not distinct from r.for_beneficiary_id
            and (k.submission_id <> r.submission_id or k.amount_idr is not distinct from r.amount_idr)
            and (
                -- Two cards of one payee are two payments: a repeat is on the same card or tells none.
                (
                    k.beneficiary_id = r.beneficiary_id
                    and (k.card = r.card or k.card_ordinal is null or r.card_ordinal is null)
                )
                or (k.card = r.card and k.sender_regency = r.sender_regency)
            )
    )
    and not exists (
        select 1 from counted as k
        where r.is_copy
            and not k.is_repeat
            and k.submission_id = r.submission_id
            and k.program_code = r.program_code
            and k.valid_from is not distinct from r.valid_from
            and k.valid_to is not distinct from r.valid_to
            and k.benefit_type_code is not distinct from r.benefit_type_code
            and k.component_code is not distinct from r.component_code
            and k.amount_idr is not distinct from r.amount_idr
            and k.paid_on is not distinct from r.paid_on
            and k.status_code is not distinct from r.status_code
    )
