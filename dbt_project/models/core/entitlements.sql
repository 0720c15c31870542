{{ config(unique_key='entitlement_id') }}

{#
  Three facts reconciled with each other:
    entitlement   the program's own list says that somebody is due help of a kind for a period: it
                  lists a payment, whatever became of it, or an active place on it;
    order         payments instructed for it: ordered, failed or paid (a payment had an order);
    receipt       what was paid.
  What is due is the value of the dated rule (seed benefit_values), where it is exact; else what the
  orders state, up to the rule's ceiling. Repeats are one statement (benefits.is_repeat). A payment
  in parts is one entitlement; so is one that is paid on two cards, which then received more. Help
  that tells neither period nor day is an entitlement of no period.
#}
with rules as (
    select
        rule_id, program_code, benefit_type_code, component_code, per_code, value_idr, kind_code, valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to
    from {{ ref('benefit_values') }}
),

payments as (
    select
        program_code, beneficiary_id, for_beneficiary_id, benefit_type_code, component_code, valid_from, valid_to,
        min(program) as program,
        -- Of the first row of evidence: drawn ids say nothing by their order.
        min({{ struct_of(['submission_id', 'source_row', 'source_record_id', 'benefit_id', 'household_id', 'area_code', 'area_level', 'current_area_code']) }}) as evidence,
        min(match_probability) as match_probability,
        sum(quantity) as quantity,
        count(*) as statements_count,
        count(case when status_code in ('ordered', 'failed', 'paid') then 1 end) as orders_count,
        sum(case when status_code in ('ordered', 'failed', 'paid') then amount_idr end) as orders_idr,
        count(case when status_code = 'ordered' then 1 end) as orders_open_count,
        count(case when status_code = 'failed' then 1 end) as orders_failed_count,
        count(case when status_code = 'paid' then 1 end) as receipts_count,
        sum(case when status_code = 'paid' then amount_idr end) as receipts_idr,
        count(case when status_code = 'paid' and amount_idr is null then 1 end) as receipts_unknown_count,
        count(case when status_code in ('ordered', 'failed', 'paid') and amount_idr is null then 1 end) as orders_unknown_count,
        min(case when status_code = 'paid' then paid_on end) as first_received_on,
        max(case when status_code = 'paid' then paid_on end) as last_received_on
    from {{ ref('benefits') }}
    where not is_repeat
    group by program_code, beneficiary_id, for_beneficiary_id, benefit_type_code, component_code, valid_from, valid_to
),

-- Who had a place on the list of a program that pays, and of whom no payment of that time is listed,
-- as payee or on whose account. Where the list's end is not told it holds for its first month.
placed as (
    select
        e.program, e.program_code, e.beneficiary_id, e.component_code, e.valid_from,
        coalesce(e.valid_to, {{ last_day_of_month('e.valid_from') }}) as valid_to,
        min({{ struct_of(['e.submission_id', 'e.source_row', 'e.source_record_id', 'e.enrolment_id', 'e.household_id', 'e.area_code', 'e.area_level', 'e.current_area_code']) }}) as evidence,
        min(e.match_probability) as match_probability
    from {{ ref('enrolments') }} as e
    where not e.is_repeat and e.status_code = 'active' and e.valid_from is not null
        and e.program_code in (select program_code from {{ ref('benefits') }})
    group by e.program, e.program_code, e.beneficiary_id, e.component_code, e.valid_from,
        coalesce(e.valid_to, {{ last_day_of_month('e.valid_from') }})
),

paid_people as (
    select program_code, beneficiary_id, valid_from, valid_to from payments where valid_from is not null
    union
    select program_code, for_beneficiary_id, valid_from, valid_to from payments
    where valid_from is not null and for_beneficiary_id is not null
),

unpaid as (
    select p.*
    from placed as p
    where not exists (
        select 1 from paid_people as b
        where b.program_code = p.program_code and b.beneficiary_id = p.beneficiary_id
            and b.valid_from <= p.valid_to and b.valid_to >= p.valid_from
    )
),

stated as (
    select
        program, program_code, beneficiary_id, for_beneficiary_id, benefit_type_code, component_code, valid_from, valid_to,
        evidence, evidence.benefit_id as fact_id, match_probability, quantity, orders_count, orders_idr, orders_open_count, orders_failed_count,
        receipts_count, receipts_idr, receipts_unknown_count, orders_unknown_count,
        first_received_on, last_received_on, true as is_listed_payment
    from payments
    union all
    select
        u.program, u.program_code, u.beneficiary_id, null, t.benefit_type_code, u.component_code, u.valid_from, u.valid_to,
        u.evidence, u.evidence.enrolment_id, u.match_probability, null, 0, null, 0, 0, 0, null, 0, 0, null, null, false
    from unpaid as u
    left join (
        -- The kind of help of a program that gives one kind only.
        select program_code, min(benefit_type_code) as benefit_type_code
        from {{ ref('benefits') }} group by program_code having count(distinct benefit_type_code) = 1
    ) as t on t.program_code = u.program_code
),

due as (
    select
        s.*,
        r.rule_id as value_rule_id,
        case
            when r.kind_code = 'exact' then {{ rule_value('r', 's.valid_from', 's.valid_to', 's.quantity') }}
            when s.orders_unknown_count > 0 then null
            when r.kind_code = 'at_most'
                then least(s.orders_idr, {{ rule_value('r', 's.valid_from', 's.valid_to', 's.quantity') }})
            else s.orders_idr
        end as due_idr
    from stated as s
    left join rules as r
        on r.program_code = s.program_code
        and r.benefit_type_code = s.benefit_type_code
        and s.valid_from between r.valid_from and r.valid_to
        and (r.component_code is null or r.component_code = s.component_code)
)

select
    -- Of its first statement, not of the drawn ids of people: the same lists give the same id.
    {{ fact_id(['fact_id', 'valid_from', 'valid_to']) }} as entitlement_id,
    program,
    evidence.submission_id as submission_id,
    evidence.source_row as source_row,
    evidence.source_record_id as source_record_id,
    beneficiary_id,
    evidence.household_id as household_id,
    for_beneficiary_id,
    match_probability,
    program_code,
    benefit_type_code,
    component_code,
    valid_from,
    valid_to,
    cast(due_idr as decimal(18, 2)) as due_idr,
    case when due_idr is null then 'unknown' when value_rule_id is not null then 'rule' else 'stated' end as due_basis_code,
    value_rule_id,
    orders_count,
    cast(orders_idr as decimal(18, 2)) as orders_idr,
    orders_open_count,
    orders_failed_count,
    receipts_count,
    cast(receipts_idr as decimal(18, 2)) as receipts_idr,
    receipts_unknown_count,
    first_received_on,
    last_received_on,
    case
        when receipts_count > 0 and (receipts_unknown_count > 0 or due_idr is null) then 'received_amount_unknown'
        when receipts_count > 0 and receipts_idr > due_idr then 'received_more'
        when receipts_count > 0 and receipts_idr < due_idr then 'received_in_part'
        when receipts_count > 0 then 'received_in_full'
        when orders_open_count > 0 then 'ordered_not_received'
        when orders_failed_count > 0 then 'order_failed'
        when not is_listed_payment then 'not_ordered'
        else 'status_unknown'
    end as reconciliation_code,
    evidence.area_code as area_code,
    evidence.area_level as area_level,
    evidence.current_area_code as current_area_code
from due
