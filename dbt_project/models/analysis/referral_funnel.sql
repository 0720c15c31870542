{{ config(unique_key='need_id') }}

{#
  Each need that somebody stated, and how far it got: need, referral, enrolment, benefit. The loop is
  closed through identity: not the sender's status says that help arrived, but the program's own list
  of payments, for the person or for somebody of the household (closed_level). Needs come from two
  sources: requests and referrals (posbindu, slrt), and registers of people in need (PPKS), which
  refer to nobody: there a referral is the person's first one after, and help any program that pays.
  Months count whole: help in the month of the referral is after it.
#}
with first_referrals as (
    select o.observation_id, min(coalesce(r.referred_on, r.valid_from)) as referred_on
    from {{ ref('observations') }} as o
    inner join {{ ref('referrals') }} as r
        on r.beneficiary_id = o.beneficiary_id and not r.is_repeat and coalesce(r.referred_on, r.valid_from) >= o.valid_from
    where o.indicator_code like 'ppks_%' and o.value_code = 'yes' and not o.is_repeat
    group by o.observation_id
),

needs as (
    select
        r.referral_id as origin_id, 'referral' as source_code, r.program, r.submission_id, r.source_row, r.beneficiary_id, r.household_id,
        r.match_probability, r.need_code, r.to_program_code, coalesce(r.referred_on, r.valid_from) as need_on,
        coalesce(r.referred_on, r.valid_from) as referred_on,
        r.status_code, r.status_on, r.reason_code, r.area_code, r.area_level, r.current_area_code
    from {{ ref('referrals') }} as r
    where not r.is_repeat and r.beneficiary_id is not null
    union all
    select
        o.observation_id, 'register', o.program, o.submission_id, o.source_row, o.beneficiary_id, o.household_id,
        o.match_probability, o.indicator_code, null, o.valid_from, f.referred_on,
        null, null, null, o.area_code, o.area_level, o.current_area_code
    from {{ ref('observations') }} as o
    left join first_referrals as f on f.observation_id = o.observation_id
    where o.indicator_code like 'ppks_%' and o.value_code = 'yes' and not o.is_repeat and o.beneficiary_id is not null
),

paying as (
    select distinct program_code from {{ ref('benefits') }}
),

-- Months of listing and of payment, of each person and of each household.
months as (
    select beneficiary_id as subject_id, 'person' as level, program_code, month_on, is_listed, receipts_count
    from {{ ref('beneficiary_program_months') }}
    where program_code in (select program_code from paying) or is_listed
    union all
    select household_id, 'household', program_code, month_on, null, 1
    from {{ ref('int_benefit_months') }}
    where status_code = 'paid' and household_id is not null
),

subjects as (
    select origin_id, source_code, need_on, to_program_code, beneficiary_id as subject_id from needs
    union all
    select origin_id, source_code, need_on, to_program_code, household_id from needs where household_id is not null
),

reached as (
    select
        n.origin_id,
        min(case when m.is_listed and m.month_on >= date_trunc('month', n.need_on) then m.month_on end) as enrolled_on,
        min(case when m.receipts_count > 0 and m.level = 'person' and m.month_on >= date_trunc('month', n.need_on) then m.month_on end) as own_benefit_on,
        min(case when m.receipts_count > 0 and m.month_on >= date_trunc('month', n.need_on) then m.month_on end) as benefit_on,
        max(case when m.receipts_count > 0 and m.month_on < date_trunc('month', n.need_on) then 1 else 0 end) as was_helped_before
    from subjects as n
    inner join months as m
        on m.subject_id = n.subject_id
        and (
            m.program_code = n.to_program_code
            or (n.to_program_code is null and n.source_code = 'register' and m.program_code in (select program_code from paying))
        )
    group by n.origin_id
)

select
    {{ fact_id(['n.source_code', 'n.origin_id']) }} as need_id,
    n.source_code,
    n.program,
    n.submission_id,
    n.source_row,
    n.beneficiary_id,
    n.household_id,
    n.match_probability,
    n.need_code,
    n.to_program_code,
    n.need_on,
    n.referred_on,
    r.enrolled_on,
    r.benefit_on,
    case when r.benefit_on is null then null when r.own_benefit_on = r.benefit_on then 'person' else 'household' end as closed_level,
    coalesce(r.was_helped_before, 0) = 1 as was_helped_before,
    case
        when r.benefit_on is not null then 'benefit'
        when r.enrolled_on is not null then 'enrolment'
        when n.referred_on is not null then 'referral'
        else 'need'
    end as stage_code,
    n.status_code as status_sent_code,
    n.status_on,
    n.reason_code,
    -- The sender says it is done, the program pays, and nobody of the household was paid.
    coalesce(n.status_code = 'completed' and p.program_code is not null and r.benefit_on is null, false) as is_unconfirmed,
    p.program_code is not null or n.source_code = 'register' as is_benefit_expected,
    cast(case when r.benefit_on is not null then greatest({{ dbt.datediff('n.need_on', 'r.benefit_on', 'day') }}, 0) end as integer) as days_to_benefit,
    n.area_code,
    n.area_level,
    n.current_area_code
from needs as n
left join reached as r on r.origin_id = n.origin_id
left join paying as p on p.program_code = n.to_program_code
