{{ config(unique_key=['program', 'subject_id', 'period']) }}

{#
  Per program with a dated eligibility rule, household and quarter with a serving register:
    eligible_unserved     eligible, all months of the quarter are told by the program's lists, no paid benefit
    service_unknown       eligible, nothing paid in the months told, but not all months are told
    served_not_eligible   a paid benefit, and the decile is known and outside the rule
    eligibility_unknown   a paid benefit, and the register does not know the decile
    served_unlisted       a paid benefit, and the household is not in the quarter's register at all
  A household that another program of the rule serves (also_program) is eligible whatever its decile.
  What is in order has no row. A component that is not known does not make a household ineligible
  (unknown is not no): it only keeps it from being called eligible. Without a household, a
  person is a household of one; `subject_kind` says so.

  A payment is counted for the household in which that quarter's register places the payee, else
  for the household of the payment's own record.
#}
with rules as (
    select
        rule_id, program, min_value, max_value, needs_component, excludes_program, also_program, legal_basis,
        valid_from, coalesce(valid_to, date '9999-12-31') as valid_to
    from {{ ref('eligibility_rules') }}
    where indicator = 'desil' and unit = 'household'
),

quarters as (
    select distinct quarter_on, period, sender_area_code,
        cast(quarter_on + interval 3 month - interval 1 day as date) as quarter_to
    from {{ ref('household_quarters') }}
),

-- The rule in force on the quarter's first day; of two, the later.
rules_in_force as (
    select * from (
        select
            q.quarter_on, q.quarter_to, q.period, r.*,
            row_number() over (
                partition by q.quarter_on, r.program order by r.valid_from desc, r.rule_id
            ) as choice
        from (select distinct quarter_on, quarter_to, period from quarters) as q
        inner join rules as r on q.quarter_on between r.valid_from and r.valid_to
    ) as dated
    where choice = 1
),

-- In which household of the quarter's register a person stands.
register_people as (
    select beneficiary_id, quarter_on, household_id
    from (
        select
            r.beneficiary_id, h.quarter_on, h.household_id,
            row_number() over (
                partition by r.beneficiary_id, h.quarter_on order by count(*) desc, h.household_id
            ) as choice
        from {{ ref('person_records') }} as r
        inner join {{ ref('submissions') }} as s on s.submission_id = r.submission_id
        inner join {{ ref('household_quarters') }} as h
            on h.household_id = coalesce(r.household_id, r.beneficiary_id)
            and h.quarter_on between date_trunc('quarter', s.period_from) and s.period_to
        where s.program in (select source_program from {{ ref('eligibility_rules') }} where indicator = 'desil')
        group by r.beneficiary_id, h.quarter_on, h.household_id
    ) as counted
    where choice = 1
),

-- Help of the rules' programs, by household and quarter, in every status.
helped as (
    select
        m.program_code as program,
        m.quarter_on,
        coalesce(p.household_id, m.household_id, b.household_id, m.beneficiary_id) as household_id,
        min(case when coalesce(p.household_id, m.household_id, b.household_id) is null then 'person' else 'household' end) as subject_kind,
        count(distinct case when m.status_code = 'paid' then m.benefit_id end) as paid_count,
        count(distinct case when m.status_code = 'ordered' then m.benefit_id end) as ordered_count,
        count(distinct case when m.status_code = 'failed' then m.benefit_id end) as failed_count,
        count(distinct case when m.status_code = 'unknown' then m.benefit_id end) as unknown_count,
        sum(case when m.status_code = 'paid' then m.amount_month_idr end) as amount_idr,
        min(case when m.status_code = 'paid' then {{ struct_of(['m.submission_id', 'm.source_row']) }} end) as evidence,
        min(m.match_probability) as match_probability,
        min(s.area_code) as sender_area_code,
        min(m.area_code) as area_code,
        min(m.current_area_code) as current_area_code
    from {{ ref('int_benefit_months') }} as m
    inner join {{ ref('submissions') }} as s on s.submission_id = m.submission_id
    left join register_people as p
        on p.beneficiary_id = m.beneficiary_id and p.quarter_on = m.quarter_on
    left join {{ ref('beneficiaries') }} as b on b.beneficiary_id = m.beneficiary_id
    where m.beneficiary_id is not null
        and m.program_code in (select program from rules)
    group by m.program_code, m.quarter_on,
        coalesce(p.household_id, m.household_id, b.household_id, m.beneficiary_id)
),

-- Which months of which program each sender has told of, by its lists or by the payments in them.
told as (
    select distinct program, sender_area_code, month_on
    from (
        select
            program, area_code as sender_area_code,
            cast({{ unnest_list(span_starts('period_from', 'period_to', 'month')) }} as date) as month_on
        from {{ ref('submissions') }}
        where is_serving
        union all
        select m.program_code, s.area_code, m.month_on
        from {{ ref('int_benefit_months') }} as m
        inner join {{ ref('submissions') }} as s on s.submission_id = m.submission_id
    ) as either
    where program in (select program from rules)
),

-- Households meet senders by area: a sender tells of the areas below its own.
places as (
    select distinct sender_area_code, area_code from {{ ref('household_quarters') }}
),

service_known as (
    select
        p.sender_area_code, p.area_code, t.program, q.quarter_on,
        count(distinct case when t.month_on between q.quarter_on and q.quarter_to then t.month_on end) as months_told_count
    from places as p
    inner join (select distinct program, sender_area_code, month_on from told) as t
        on {{ is_area_within('p.sender_area_code', 't.sender_area_code') }}
        or {{ is_area_within('p.area_code', 't.sender_area_code') }}
    cross join (select distinct quarter_on, quarter_to from quarters) as q
    group by p.sender_area_code, p.area_code, t.program, q.quarter_on
),

-- Known components of a household: young or old members, pupils. Only what is certain counts:
-- with a birth year alone, only ages that hold whatever the month.
members as (
    select quarter_on, household_id, beneficiary_id from register_people
    union
    select q.quarter_on, m.household_id, m.beneficiary_id
    from {{ ref('household_members') }} as m
    inner join (select distinct quarter_on, quarter_to from quarters) as q
        on m.valid_from <= q.quarter_to and coalesce(m.valid_to, date '9999-12-31') >= q.quarter_to
),

aged_members as (
    select
        m.quarter_on, m.household_id, m.beneficiary_id, q.quarter_to,
        {{ months_lived('b.birth_year', 'coalesce(b.birth_month, 1)', 'q.quarter_to') }} as months_lived_max,
        {{ months_lived('b.birth_year', 'coalesce(b.birth_month, 12)', 'q.quarter_to') }} as months_lived_min
    from members as m
    inner join (select distinct quarter_on, quarter_to from quarters) as q on q.quarter_on = m.quarter_on
    inner join {{ ref('beneficiaries') }} as b on b.beneficiary_id = m.beneficiary_id
    where b.is_alive is distinct from false
),

components as (
    select
        component, quarter_on, household_id,
        max(case when kind = 'age_below_months' then 'component_child' end) as child_reason,
        max(case when kind = 'age_from_months' then 'component_elderly' end) as elderly_reason,
        max(case when kind = 'enrolled_in' then 'component_pupil' end) as pupil_reason
    from (
        select c.component, c.kind, a.quarter_on, a.household_id
        from aged_members as a
        inner join {{ ref('component_rules') }} as c
            on a.quarter_on between c.valid_from and coalesce(c.valid_to, date '9999-12-31')
            and (
                (c.kind = 'age_below_months' and a.months_lived_max < c.value_number and a.months_lived_min >= 0)
                or (c.kind = 'age_from_months' and a.months_lived_min >= c.value_number)
            )
        union all
        select c.component, c.kind, m.quarter_on, m.household_id
        from aged_members as m
        inner join {{ ref('enrolments') }} as e
            on e.beneficiary_id = m.beneficiary_id
            and coalesce(e.valid_from, m.quarter_on) <= m.quarter_to
            and coalesce(e.valid_to, m.quarter_to) >= m.quarter_on
        inner join {{ ref('component_rules') }} as c
            on c.kind = 'enrolled_in' and c.value_code = e.program
            and m.quarter_on between c.valid_from and coalesce(c.valid_to, date '9999-12-31')
        where e.status_code not in ('left', 'dropped_out', 'graduated')
    ) as found
    group by component, quarter_on, household_id
),

units as (
    select
        h.household_id, h.quarter_on, h.subject_kind, h.desil, h.desil_min, h.desil_max,
        h.desil_observed_on, h.desil_values_count, h.sender_area_code, h.area_code, h.current_area_code,
        h.match_probability, h.submission_id, h.source_row, true as is_in_register
    from {{ ref('household_quarters') }} as h
    union all
    -- Helped, but in no register of a quarter for which their sender's area has one.
    select distinct
        s.household_id, s.quarter_on, s.subject_kind, cast(null as integer), cast(null as integer), cast(null as integer),
        cast(null as date), cast(0 as bigint), s.sender_area_code, s.area_code, s.current_area_code,
        cast(null as double), cast(null as varchar), cast(null as bigint), false
    from (
        select
            household_id, quarter_on, min(subject_kind) as subject_kind,
            min(sender_area_code) as sender_area_code, min(area_code) as area_code,
            min(current_area_code) as current_area_code
        from helped where paid_count > 0 group by household_id, quarter_on
    ) as s
    inner join quarters as q
        on q.quarter_on = s.quarter_on
        and (
            {{ is_area_within('q.sender_area_code', 's.sender_area_code') }}
            or {{ is_area_within('s.sender_area_code', 'q.sender_area_code') }}
        )
    left join {{ ref('household_quarters') }} as h
        on h.household_id = s.household_id and h.quarter_on = s.quarter_on
    where h.household_id is null
),

assessed as (
    select
        r.program, u.household_id, r.period, r.quarter_on, r.quarter_to, u.subject_kind, u.area_code, u.current_area_code,
        u.desil, u.desil_min, u.desil_max, u.desil_observed_on, u.desil_values_count, u.is_in_register,
        u.submission_id, u.source_row, u.match_probability as register_probability,
        r.rule_id, r.legal_basis, r.needs_component,
        coalesce(s.paid_count, 0) > 0 as is_served,
        s.paid_count, s.ordered_count, s.failed_count, s.unknown_count, s.amount_idr,
        s.match_probability as service_probability, s.evidence,
        coalesce(y.paid_count, 0) > 0 as is_by_other,
        r.also_program,
        case
            when coalesce(y.paid_count, 0) > 0 then 'inside'
            when u.desil_min is null then 'unknown'
            when u.desil_min >= r.min_value and u.desil_max <= r.max_value then 'inside'
            when u.desil_min > r.max_value or u.desil_max < r.min_value then 'outside'
            else 'unknown'
        end as desil_place,
        r.needs_component is null or c.component is not null as has_component,
        c.child_reason, c.elderly_reason, c.pupil_reason,
        r.excludes_program is null
            or (coalesce(x.paid_count, 0) = 0 and coalesce(kx.months_told_count, 0) = 3) as is_outside_excluded,
        k.months_told_count
    from rules_in_force as r
    inner join units as u on u.quarter_on = r.quarter_on
    left join helped as s
        on s.program = r.program and s.quarter_on = u.quarter_on and s.household_id = u.household_id
    left join components as c
        on c.component = r.needs_component and c.quarter_on = u.quarter_on and c.household_id = u.household_id
    left join helped as x
        on x.program = r.excludes_program and x.quarter_on = u.quarter_on and x.household_id = u.household_id
    left join helped as y
        on y.program = r.also_program and y.quarter_on = u.quarter_on and y.household_id = u.household_id
    left join service_known as k
        on k.program = r.program and k.quarter_on = u.quarter_on
        and k.sender_area_code = u.sender_area_code
        and k.area_code is not distinct from u.area_code
    left join service_known as kx
        on kx.program = r.excludes_program and kx.quarter_on = u.quarter_on
        and kx.sender_area_code = u.sender_area_code
        and kx.area_code is not distinct from u.area_code
),

classed as (
    select
        *,
        case
            when is_served and desil_place = 'outside' then 'served_not_eligible'
            when is_served and not is_in_register then 'served_unlisted'
            when is_served and desil_place = 'unknown' then 'eligibility_unknown'
            when is_served then null
            when desil_place <> 'inside' or not has_component or not is_outside_excluded then null
            when months_told_count = 3 then 'eligible_unserved'
            -- A program of which this area has never sent a list is not asked about.
            when months_told_count is not null then 'service_unknown'
        end as gap_class,
        {{ dbt.datediff('desil_observed_on', 'quarter_to', 'day') }} as evidence_age_days,
        least(register_probability, service_probability) as match_probability
    from assessed
)

select
    program,
    household_id as subject_id,
    period,
    quarter_on,
    gap_class,
    {{ joined_texts([
        "case when not is_in_register then 'not_in_register' when is_by_other then null when desil_place = 'unknown' then 'desil_unknown' when desil_place = 'outside' then 'desil_outside' else 'desil_inside' end",
        "case when is_by_other then concat('served_by_', also_program) end",
        "case when desil_values_count > 1 then 'desil_conflict' end",
        "case when needs_component is not null and not is_served then child_reason end",
        "case when needs_component is not null and not is_served then elderly_reason end",
        "case when needs_component is not null and not is_served then pupil_reason end",
        "case when gap_class in ('eligible_unserved', 'service_unknown') and coalesce(ordered_count, 0) > 0 then 'ordered_not_paid' end",
        "case when gap_class in ('eligible_unserved', 'service_unknown') and coalesce(failed_count, 0) > 0 then 'payment_failed' end",
        "case when gap_class in ('eligible_unserved', 'service_unknown') and coalesce(unknown_count, 0) > 0 then 'payment_status_unknown' end",
        "case when gap_class = 'eligible_unserved' and coalesce(ordered_count, 0) + coalesce(failed_count, 0) + coalesce(unknown_count, 0) = 0 then 'not_on_any_list' end",
        "case when gap_class = 'service_unknown' and months_told_count > 0 then 'months_missing' end",
        "case when gap_class = 'service_unknown' and months_told_count = 0 then 'no_list_received' end"
    ]) }} as reason_codes,
    rule_id,
    legal_basis,
    subject_kind,
    case when subject_kind = 'household' then household_id end as household_id,
    area_code,
    current_area_code,
    desil,
    desil_min,
    desil_max,
    desil_observed_on,
    cast(evidence_age_days as integer) as evidence_age_days,
    case when is_served then paid_count end as benefits_count,
    cast(case when is_served then amount_idr end as decimal(18, 2)) as amount_idr,
    coalesce(months_told_count, 0) as months_told_count,
    match_probability,
    case
        when match_probability >= 0.95 and subject_kind = 'household' and desil_values_count <= 1 then 'high'
        else 'low'
    end as certainty_code,
    submission_id,
    source_row,
    evidence.submission_id as benefit_submission_id,
    evidence.source_row as benefit_source_row
from classed
where gap_class is not null
