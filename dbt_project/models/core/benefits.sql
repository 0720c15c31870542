{{ config(unique_key='benefit_id') }}

{#
  The same payment sent twice is not two payments. A statement is a repeat when
    1. a file believed more (macro submission_order) of the same program speaks of the same
       payee, member, kind of help and period, on the same card or one of the two tells no card,
       and one sender's area holds the other's: two districts of one regency that both pay
       somebody are two payments; or one file says the very same thing (card, amount, day) twice;
    2. what is left names a card that the file believed more, or the same file with the same
       amount and day, already paid for that kind of help and period: one card, one payment,
       even where the two records were not recognised as one person;
    3. the checks found its row to be a copy, column by column, of an earlier row of its file: so
       also where the row tells too little of the payee for the two to be recognised as one. (Rows
       of an archive's members are numbered anew in each member: for them 1 and 2 must do.)
  Two cards, two amounts or two days of one payee within one file are two payments. Repeats stay,
  marked; figures count the others. The card is read in the vault and does not leave it.
#}
with in_kind_values as (
    select v.rule_id, v.program_code, v.benefit_type_code, v.component_code, v.per_code, v.value_idr, v.valid_from,
        coalesce(v.valid_to, date '9999-12-31') as valid_to
    from {{ ref('benefit_values') }} as v
    inner join {{ ref('benefit_types') }} as t on t.benefit_type_code = v.benefit_type_code
    where v.kind_code = 'exact' and not t.is_cash
),

stated as (
    select
        b.*,
        row_number() over (
            partition by b.submission_id, b.source_row, b.source_record_id, b.program_code, b.benefit_no
            order by b.benefit_type_code, b.component_code, b.for_record_id, b.period_from, b.period_to,
                b.amount_idr, b.quantity, b.paid_on, b.status_code
        ) as statement_no
    from {{ ref('int_benefits') }} as b
),

cards as (
    -- A usable card: ten digits or more, not one digit repeated, and not the damage a
    -- spreadsheet does to 16 digits (the last becomes 0), which makes neighbours look alike.
    select submission_id, source_record_id, card
    from (
        select
            submission_id, source_record_id,
            {{ replace_every('coalesce(welfare_card_number, account_number)', '[^0-9]', '') }} as card,
            coalesce(welfare_card_number, account_number) as card_sent
        from {{ ref('int_persons') }}
    ) as sent
    where length(card) >= 10
        and not {{ matches('card_sent', '.*[A-Za-z*].*') }}
        and replace(card, substr(card, 1, 1), '') <> ''
        and not (length(card) >= 16 and card like '%0')
),

copies as (
    select distinct submission_id, source_row
    from (
        select submission_id, source_row, rule_id, {{ column_if_there(source('quality', 'issues'), 'source_part') }}
        from {{ source('quality', 'issues') }}
    ) as found
    where rule_id = 'row_repeated' and source_part is null and source_row is not null
),

linked as (
    select
        {{ fact_id(['b.submission_id', 'b.source_row', 'b.source_record_id', 'b.program_code', 'b.benefit_no', 'b.statement_no']) }} as benefit_id,
        b.program, b.submission_id, b.source_row, b.source_record_id, b.benefit_no, b.statement_no,
        b.program_code, b.benefit_type_code, b.component_code,
        -- Help without a period is dated by the day it was paid.
        coalesce(b.period_from, {{ day_near('b.paid_on', 'o.period_from') }}) as valid_from,
        coalesce(b.period_to, b.period_from, {{ day_near('b.paid_on', 'o.period_from') }}) as valid_to,
        b.period_from is not null as is_period_known,
        b.amount_idr, b.quantity, b.unit_code,
        coalesce(b.status_code, 'unknown') as status_code,
        {{ day_near('b.paid_on', 'o.period_from') }} as paid_on,
        b.for_record_id,
        payee.beneficiary_id, payee.household_id, payee.match_probability,
        member.beneficiary_id as for_beneficiary_id,
        member.match_probability as for_match_probability,
        coalesce(payee.area_code, member.area_code) as area_code,
        case when payee.area_code is not null then payee.area_level else member.area_level end as area_level,
        case when payee.area_code is not null then payee.area_method else member.area_method end as area_method,
        case when payee.area_code is not null then payee.current_area_code else member.current_area_code end as current_area_code,
        o.sender_area_code, o.sender_regency, o.recency,
        coalesce(payee.beneficiary_id, concat(b.submission_id, ' ', b.source_record_id)) as payee_key,
        coalesce(member.beneficiary_id, b.for_record_id) as member_key,
        c.card,
        k.source_row is not null as is_copy
    from stated as b
    left join {{ ref('person_records') }} as payee
        on payee.submission_id = b.submission_id and payee.source_record_id = b.source_record_id
    left join {{ ref('person_records') }} as member
        on member.submission_id = b.submission_id and member.source_record_id = b.for_record_id
    left join cards as c
        on c.submission_id = b.submission_id and c.source_record_id = b.source_record_id
    left join copies as k
        on k.submission_id = b.submission_id and k.source_row = b.source_row
    left join ({{ submission_order() }}) as o
        on o.submission_id = b.submission_id
),

-- What a file believed more also says. `is_certain`: on the same card, or this one tells none.
said_elsewhere as (
    select
        b.benefit_id,
        max(case when b.card is null or k.card = b.card then 1 else 0 end) = 1 as is_certain,
        max(case when k.card is null then k.benefit_id end) as without_card_id
    from linked as b
    inner join linked as k
        on k.program = b.program
        and k.program_code = b.program_code
        and k.payee_key = b.payee_key
        and k.valid_from = b.valid_from
        and k.valid_to = b.valid_to
        and k.member_key is not distinct from b.member_key
        and k.benefit_type_code is not distinct from b.benefit_type_code
        and k.component_code is not distinct from b.component_code
        and k.recency < b.recency
        and (k.card = b.card or k.card is null or b.card is null)
        and (
            {{ is_area_within('k.sender_area_code', 'b.sender_area_code') }}
            or {{ is_area_within('b.sender_area_code', 'k.sender_area_code') }}
        )
    group by b.benefit_id
),

by_payee as (
    -- Of two payments without any date nobody can say that they are one.
    select
        l.*,
        l.is_copy
        or coalesce(e.is_certain, false)
        -- A statement without card stands for this one only where it is not itself said elsewhere.
        or (e.without_card_id is not null and w.benefit_id is null)
        or (l.valid_from is not null and row_number() over (
            partition by l.submission_id, l.program_code, l.payee_key, l.member_key,
                l.benefit_type_code, l.component_code, l.valid_from, l.valid_to, l.card, l.amount_idr, l.paid_on
            order by l.source_row, l.source_record_id, l.benefit_no, l.statement_no
        ) > 1) as is_said_before
    from linked as l
    left join said_elsewhere as e on e.benefit_id = l.benefit_id
    left join said_elsewhere as w on w.benefit_id = e.without_card_id
),

by_card as (
    select
        *,
        is_said_before
        or coalesce(
            card is not null and valid_from is not null
            and (
                recency > min(recency) over (
                    partition by is_said_before, program, program_code, sender_regency, card, member_key,
                        benefit_type_code, component_code, valid_from, valid_to
                )
                or row_number() over (
                    partition by is_said_before, submission_id, program_code, card, member_key,
                        benefit_type_code, component_code, valid_from, valid_to, amount_idr, paid_on
                    order by source_row, source_record_id, benefit_no, statement_no
                ) > 1
            ),
            false
        ) as is_repeat
    from by_payee
),

-- What is not cash and states no amount is worth what the rule of its first day says.
valued as (
    select
        c.*,
        v.rule_id as value_rule_id,
        {{ rule_value('v', 'c.valid_from', 'c.valid_to', 'c.quantity') }} as rule_value_idr
    from by_card as c
    left join in_kind_values as v
        on v.program_code = c.program_code
        and v.benefit_type_code = c.benefit_type_code
        and c.valid_from between v.valid_from and v.valid_to
        and (v.component_code is null or v.component_code = c.component_code)
)

select
    benefit_id,
    program,
    submission_id,
    source_row,
    source_record_id,
    beneficiary_id,
    household_id,
    for_beneficiary_id,
    -- The link is as certain as its less certain end.
    least(match_probability, for_match_probability) as match_probability,
    program_code,
    benefit_type_code,
    component_code,
    valid_from,
    valid_to,
    is_period_known,
    cast(coalesce(amount_idr, rule_value_idr) as decimal(18, 2)) as amount_idr,
    case
        when amount_idr is not null then 'stated'
        when rule_value_idr is not null then 'rule'
        else 'unknown'
    end as amount_basis_code,
    case when amount_idr is null and rule_value_idr is not null then value_rule_id end as value_rule_id,
    quantity,
    unit_code,
    status_code,
    paid_on,
    area_code,
    area_level,
    area_method,
    current_area_code,
    -- Tells a payee's cards of one period apart without showing them.
    cast(case when card is not null then dense_rank() over (
        partition by program, program_code, payee_key, valid_from, valid_to order by card nulls last
    ) end as integer) as card_ordinal,
    is_repeat
from valued
