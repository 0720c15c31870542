{{ config(unique_key=['level', 'subject_id', 'program_a', 'program_b', 'month_on']) }}

{#
  Two paid benefits of one subject in one month, with the verdict of the dated rule in force on
  the first day of that month.

  Which pairs are looked at: those that a rule names at that level (at any date), and every pair
  of two different programs that no rule names, at household level: there the verdict is no_rule.
  A program with itself is looked at only where a rule names it, for most programs pay a
  household several times a month and rightly so (PKH, one row per component member).

  Paid twice by one program means: by two payees, or on two cards of one payee. Two rows of one
  payee and card (arrears, halves) are one payment in parts; repeats are not there at all.
  Without a household, a person is a household of one and `subject_kind` says so.

  Marks (mark_code) of overlaps that may be none, by their first rows of evidence; the verdict stays:
    late_termination  one of the two was paid for a time after the list that told the person's death or
                      leaving, or after the person's place on that program's list had ended
    period_not_told   one of the two tells no period and stands in the month of its payment day
    window_edge       one program's last month is the other's first, and one of the two covers several
                      months: a hand-over, where the edges of the periods overlap
#}
with rules as (
    select
        rule_id, level, verdict, legal_basis,
        least(program_a, program_b) as program_a,
        greatest(program_a, program_b) as program_b,
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to
    from {{ ref('overlap_rules') }}
),

named_pairs as (
    select distinct level, program_a, program_b from rules
),

paid as (
    select * from {{ ref('int_benefit_months') }} as m
    where status_code = 'paid' and beneficiary_id is not null
),

subjects as (
    select
        'household' as level,
        coalesce(household_id, beneficiary_id) as subject_id,
        case when household_id is null then 'person' else 'household' end as subject_kind,
        *
    from paid
    union all
    select
        'person' as level,
        coalesce(for_beneficiary_id, beneficiary_id) as subject_id,
        'person' as subject_kind,
        *
    from paid
    where program_code in (
        select program_a from named_pairs where level = 'person'
        union
        select program_b from named_pairs where level = 'person'
    )
),

-- One payment: what one payee got on one card for one kind of help.
payments as (
    select
        level, subject_id, program_code, month_on, benefit_type_code, beneficiary_id,
        coalesce(card_ordinal, 1) as card_no,
        min(subject_kind) as subject_kind,
        -- Of the first row of evidence: ids are drawn, so their order says nothing.
        arg_min(household_id, {{ struct_of(['submission_id', 'source_row', 'benefit_id']) }}) as household_id,
        min(area_code) as area_code,
        count(*) as benefits_count,
        sum(amount_month_idr) as amount_idr,
        count(*) - count(amount_month_idr) as amount_unknown_count,
        min(match_probability) as match_probability,
        -- The first row of evidence, by submission and row.
        min({{ struct_of(['submission_id', 'source_row', 'benefit_id']) }}) as evidence,
        {{ distinct_list('coalesce(for_beneficiary_id, beneficiary_id)') }} as people
    from subjects
    group by level, subject_id, program_code, month_on, benefit_type_code, beneficiary_id, coalesce(card_ordinal, 1)
),

program_months as (
    select
        level, subject_id, program_code, month_on,
        min(subject_kind) as subject_kind,
        arg_min(household_id, evidence) as household_id,
        min(area_code) as area_code,
        cast(sum(benefits_count) as bigint) as benefits_count,
        sum(amount_idr) as amount_idr,
        cast(sum(amount_unknown_count) as bigint) as amount_unknown_count,
        min(match_probability) as match_probability,
        min(evidence) as evidence,
        {{ joined_lists('people') }} as people
    from payments
    group by level, subject_id, program_code, month_on
),

between_programs as (
    select
        a.level, a.subject_id, a.month_on,
        a.program_code as program_a,
        b.program_code as program_b,
        a.subject_kind,
        coalesce(a.household_id, b.household_id) as household_id,
        coalesce(a.area_code, b.area_code) as area_code,
        a.benefits_count as benefits_a_count, b.benefits_count as benefits_b_count,
        a.amount_idr as amount_a_idr, b.amount_idr as amount_b_idr,
        a.amount_unknown_count + b.amount_unknown_count as amount_unknown_count,
        least(a.match_probability, b.match_probability) as match_probability,
        a.evidence as evidence_a, b.evidence as evidence_b,
        {{ lists_share('a.people', 'b.people') }} as is_same_member
    from program_months as a
    inner join program_months as b
        on b.level = a.level
        and b.subject_id = a.subject_id
        and b.month_on = a.month_on
        and b.program_code > a.program_code
    left join named_pairs as n
        on n.level = a.level and n.program_a = a.program_code and n.program_b = b.program_code
    left join (select distinct program_a, program_b from named_pairs) as any_level
        on any_level.program_a = a.program_code and any_level.program_b = b.program_code
    where n.level is not null or (a.level = 'household' and any_level.program_a is null)
),

ranked_payments as (
    select
        p.*,
        row_number() over (
            partition by p.level, p.subject_id, p.program_code, p.month_on, p.benefit_type_code
            order by p.evidence
        ) as payment_no,
        count(*) over (
            partition by p.level, p.subject_id, p.program_code, p.month_on, p.benefit_type_code
        ) as payments_count
    from payments as p
    inner join named_pairs as n
        on n.level = p.level and n.program_a = p.program_code and n.program_b = p.program_code
),

within_program as (
    -- a: the first payment of each kind of help; b: all further ones.
    select
        level, subject_id, month_on,
        program_code as program_a,
        program_code as program_b,
        min(subject_kind) as subject_kind,
        arg_min(household_id, evidence) as household_id,
        min(area_code) as area_code,
        cast(sum(benefits_count) filter (where payment_no = 1) as bigint) as benefits_a_count,
        cast(sum(benefits_count) filter (where payment_no > 1) as bigint) as benefits_b_count,
        sum(amount_idr) filter (where payment_no = 1) as amount_a_idr,
        sum(amount_idr) filter (where payment_no > 1) as amount_b_idr,
        cast(sum(amount_unknown_count) as bigint) as amount_unknown_count,
        min(match_probability) as match_probability,
        min(evidence) filter (where payment_no = 1) as evidence_a,
        min(evidence) filter (where payment_no > 1) as evidence_b,
        {{ list_repeats(joined_lists('people')) }} as is_same_member
    from ranked_payments
    where payments_count > 1
    group by level, subject_id, program_code, month_on
),

found as (
    select * from between_programs
    union all
    select * from within_program
),

judged as (
    select
        f.*,
        r.rule_id, r.legal_basis,
        r.verdict as rule_verdict,
        row_number() over (
            partition by f.level, f.subject_id, f.program_a, f.program_b, f.month_on
            order by r.valid_from desc nulls last, r.rule_id
        ) as choice
    from found as f
    left join rules as r
        on r.level = f.level
        and r.program_a = f.program_a
        and r.program_b = f.program_b
        and f.month_on between r.valid_from and r.valid_to
),

spans as (
    select level, subject_id, program_code, min(month_on) as first_on, max(month_on) as last_on
    from program_months
    group by level, subject_id, program_code
),

-- Of each payment: whether it is for a time after its person's death, leaving or end on the list.
timed as (
    select
        b.benefit_id, b.is_period_known, b.valid_to >= date_trunc('month', b.valid_from) + interval 1 month as is_long,
        coalesce(b.valid_from > least(p.died_by_on, p.moved_by_on), false)
        or coalesce(b.valid_from > e.ended_on and e.is_active_later = 0, false) as is_late
    from {{ ref('benefits') }} as b
    left join {{ ref('beneficiaries') }} as p on p.beneficiary_id = coalesce(b.for_beneficiary_id, b.beneficiary_id)
    left join (
        select
            x.beneficiary_id, x.program_code, x.ended_on,
            max(case when a.status_code = 'active' and a.valid_from > x.ended_on then 1 else 0 end) as is_active_later
        from (
            select beneficiary_id, program_code, max(valid_to) as ended_on
            from {{ ref('enrolments') }}
            where status_code in ('left', 'graduated', 'dropped_out') and valid_to is not null and beneficiary_id is not null
            group by beneficiary_id, program_code
        ) as x
        left join {{ ref('enrolments') }} as a on a.beneficiary_id = x.beneficiary_id and a.program_code = x.program_code
        group by x.beneficiary_id, x.program_code, x.ended_on
    ) as e on e.beneficiary_id = coalesce(b.for_beneficiary_id, b.beneficiary_id) and e.program_code = b.program_code
),

marked as (
    select
        j.*,
        case
            when ta.is_late or tb.is_late then 'late_termination'
            when not ta.is_period_known or not tb.is_period_known then 'period_not_told'
            when j.program_a <> j.program_b and (ta.is_long or tb.is_long)
                and (
                    (sa.last_on = j.month_on and sb.first_on = j.month_on and sa.first_on < j.month_on and sb.last_on > j.month_on)
                    or (sb.last_on = j.month_on and sa.first_on = j.month_on and sb.first_on < j.month_on and sa.last_on > j.month_on)
                ) then 'window_edge'
            else 'none'
        end as mark_code
    from judged as j
    left join timed as ta on ta.benefit_id = j.evidence_a.benefit_id
    left join timed as tb on tb.benefit_id = j.evidence_b.benefit_id
    left join spans as sa on sa.level = j.level and sa.subject_id = j.subject_id and sa.program_code = j.program_a
    left join spans as sb on sb.level = j.level and sb.subject_id = j.subject_id and sb.program_code = j.program_b
    where j.choice = 1
)

select
    level,
    subject_id,
    program_a,
    program_b,
    cast(month_on as date) as month_on,
    case
        when rule_verdict is null then 'no_rule'
        when rule_verdict <> 'different_members' then rule_verdict
        when is_same_member then 'forbidden'
        else 'allowed'
    end as verdict,
    rule_id,
    rule_verdict,
    legal_basis,
    subject_kind,
    household_id,
    area_code,
    benefits_a_count,
    benefits_b_count,
    cast(amount_a_idr as decimal(18, 2)) as amount_a_idr,
    cast(amount_b_idr as decimal(18, 2)) as amount_b_idr,
    amount_unknown_count,
    evidence_a.benefit_id as benefit_a_id,
    evidence_a.submission_id as submission_a_id,
    evidence_a.source_row as source_row_a,
    evidence_b.benefit_id as benefit_b_id,
    evidence_b.submission_id as submission_b_id,
    evidence_b.source_row as source_row_b,
    match_probability,
    mark_code
from marked
