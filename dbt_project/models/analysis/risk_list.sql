{{ config(unique_key=['beneficiary_id', 'risk_code', 'program_code']) }}

{#
  Early warning: who should be looked at, and why. A reason to ask, never a verdict.
    possible_dropout               a pupil of one semester's list whom no list of the next semester names,
                                   though the same sender has sent one; under 18 on the day before it began; not in a last year that
                                   has ended; neither died nor moved nor left by a stated reason
    growth_faltering               by the last visit, if in the last half year: twice running without gain,
                                   or weight for age down by half a z-score since a visit one to four
                                   months before, or below -3
    high_risk_pregnancy_unvisited  by the last list that names her pregnant at high risk: fewer visits than
                                   the standard of the week, or none since a list at least a month before
    benefit_stopped                a household paid for at least three months, then not in at least two
                                   months of which the same sender's lists tell; nobody graduated, left,
                                   died or moved
                                   (what stopped more than a year before the last list is no warning)
    deceased_still_paid            help for a period that began after the list that told the death, of
                                   whom it is for or of who collects it (payee_has_died)
#}
{%- set standard_visits = [(36, 6), (32, 5), (28, 4), (24, 3), (20, 2), (13, 1)] %}
with people as (
    select
        beneficiary_id, sex_code, household_id, birth_year, birth_month, died_by_on, moved_by_on,
        area_code, current_area_code
    from {{ ref('beneficiaries') }}
),

-- Pupils -------------------------------------------------------------------------------------
pupils as (
    select
        e.beneficiary_id, s.area_code as sender_area_code, s.period_from, s.period_to,
        max(case when e.status_code = 'active' then 1 else 0 end) as is_active,
        min({{ struct_of(['e.submission_id', 'e.source_row', 'e.source_record_id']) }}) as evidence,
        min(e.match_probability) as match_probability
    from {{ ref('enrolments') }} as e
    inner join {{ ref('submissions') }} as s on s.submission_id = e.submission_id
    where e.program_code = 'dapodik' and not e.is_repeat and e.beneficiary_id is not null
    group by e.beneficiary_id, s.area_code, s.period_from, s.period_to
),

last_listed as (
    select *
    from (
        select *, row_number() over (partition by beneficiary_id order by period_to desc, sender_area_code) as choice
        from pupils
    ) as ranked
    where choice = 1
),

next_lists as (
    select l.beneficiary_id, min(s.period_from) as next_from
    from last_listed as l
    inner join {{ ref('submissions') }} as s
        on s.program = 'dapodik' and s.is_serving and s.area_code = l.sender_area_code and s.period_from > l.period_to
    group by l.beneficiary_id
),

grades as (
    select submission_id, source_record_id, max(value_number) as grade
    from {{ ref('observations') }}
    where indicator_code = 'school_grade'
    group by submission_id, source_record_id
),

dropouts as (
    select
        l.beneficiary_id, 'possible_dropout' as risk_code, 'dapodik' as program_code,
        n.next_from as since_on, n.next_from as told_on,
        {{ joined_texts(["'not_in_next_semester'", "case when g.grade is null then 'grade_unknown' when g.grade in (6, 9) and extract(month from l.period_to) = 6 then 'between_schools' end", "case when p.birth_year is null then 'age_unknown' end"]) }} as reason_codes,
        g.grade as value_number, l.match_probability, l.evidence.submission_id as submission_id, l.evidence.source_row as source_row
    from last_listed as l
    inner join next_lists as n on n.beneficiary_id = l.beneficiary_id
    inner join people as p on p.beneficiary_id = l.beneficiary_id
    left join grades as g on g.submission_id = l.evidence.submission_id and g.source_record_id = l.evidence.source_record_id
    where l.is_active = 1 and p.died_by_on is null and p.moved_by_on is null
        and (p.birth_year is null or {{ months_lived('p.birth_year', 'coalesce(p.birth_month, 1)', '(n.next_from - interval 1 day)') }} < 216)
        -- The last year of upper secondary school ends in June.
        and not coalesce(g.grade >= 12 and extract(month from l.period_to) = 6, false)
),

-- Growth ---------------------------------------------------------------------------------------
visits as (
    select
        beneficiary_id, observed_on,
        min(case when indicator_code = 'zscore_wfa' and value_number between -6 and 6 then value_number end) as zscore,
        max(case when indicator_code = 'weight_gain' then value_code end) as gain,
        min({{ struct_of(['submission_id', 'source_row']) }}) as evidence, min(match_probability) as match_probability
    from {{ ref('observations') }}
    where indicator_code in ('zscore_wfa', 'weight_gain') and not is_repeat and observed_on is not null and beneficiary_id is not null
    group by beneficiary_id, observed_on
),

compared as (
    select
        v.*,
        lag(gain) over w as gain_before,
        lag(observed_on) over w as before_on,
        row_number() over (partition by beneficiary_id order by observed_on desc) as visit_no
    from visits as v
    window w as (partition by beneficiary_id order by observed_on)
),

last_visits as (
    select
        c.beneficiary_id, c.observed_on, c.zscore, c.gain, c.gain_before, c.before_on, c.evidence, c.match_probability,
        max(e.zscore) as highest_before
    from compared as c
    left join visits as e
        on e.beneficiary_id = c.beneficiary_id and e.observed_on <= c.observed_on - interval 25 day and e.observed_on >= c.observed_on - interval 4 month
    where c.visit_no = 1
    group by c.beneficiary_id, c.observed_on, c.zscore, c.gain, c.gain_before, c.before_on, c.evidence, c.match_probability
),

faltering as (
    select
        v.beneficiary_id, 'growth_faltering' as risk_code, 'eppgbm' as program_code, v.observed_on as since_on, v.observed_on as told_on,
        {{ joined_texts(["case when v.gain = 'no' and v.gain_before = 'no' then 'two_visits_without_gain' end", "case when v.zscore <= v.highest_before - 0.5 then 'weight_for_age_falling' end", "case when v.zscore < -3 then 'severely_underweight' end"]) }} as reason_codes,
        v.zscore as value_number, v.match_probability, v.evidence.submission_id as submission_id, v.evidence.source_row as source_row
    from last_visits as v
    inner join people as p on p.beneficiary_id = v.beneficiary_id
    where ((v.gain = 'no' and v.gain_before = 'no') or v.zscore <= v.highest_before - 0.5 or v.zscore < -3)
        and p.died_by_on is null and p.moved_by_on is null
        and v.observed_on >= (select max(observed_on) from visits) - interval 6 month
),

-- Pregnancies ----------------------------------------------------------------------------------
pregnancies as (
    select
        o.beneficiary_id, o.valid_to as told_on,
        max(case when o.indicator_code = 'high_risk_pregnancy' then o.value_code end) as high_risk,
        max(case when o.indicator_code = 'antenatal_visits_count' then o.value_number end) as visits,
        max(case when o.indicator_code = 'pregnancy_weeks' then o.value_number end) as weeks,
        max(case when o.indicator_code in ('birth_attendant', 'mother_condition') and o.value_code is not null then 1 else 0 end) as is_over,
        min({{ struct_of(['o.submission_id', 'o.source_row']) }}) as evidence, min(o.match_probability) as match_probability
    from {{ ref('observations') }} as o
    where o.program = 'kia' and not o.is_repeat and o.beneficiary_id is not null
        and o.indicator_code in ('high_risk_pregnancy', 'antenatal_visits_count', 'pregnancy_weeks', 'birth_attendant', 'mother_condition')
    group by o.beneficiary_id, o.valid_to
),

watched as (
    select
        *,
        lag(visits) over (partition by beneficiary_id order by told_on) as visits_before,
        lag(weeks) over (partition by beneficiary_id order by told_on) as weeks_before,
        row_number() over (partition by beneficiary_id order by told_on desc) as list_no,
        case {% for weeks, visits in standard_visits %}when weeks >= {{ weeks }} then {{ visits }} {% endfor %}else 0 end as visits_due
    from pregnancies
),

unvisited as (
    select
        w.beneficiary_id, 'high_risk_pregnancy_unvisited' as risk_code, 'kia' as program_code, w.told_on as since_on, w.told_on,
        {{ joined_texts(["'high_risk'", "case when w.visits is null then 'visits_unknown' when w.visits < w.visits_due then 'fewer_visits_than_standard' end", "case when w.visits <= w.visits_before and w.weeks > w.weeks_before then 'no_visit_since_last_list' end"]) }} as reason_codes,
        w.visits as value_number, w.match_probability, w.evidence.submission_id as submission_id, w.evidence.source_row as source_row
    from watched as w
    inner join people as p on p.beneficiary_id = w.beneficiary_id
    -- Until the child must have been born.
    where p.died_by_on is null and p.moved_by_on is null
        and {{ dbt.datediff('w.told_on', '(select max(told_on) from pregnancies)', 'week') }} + coalesce(w.weeks, 20) <= 44
        and w.list_no = 1 and w.high_risk = 'yes' and w.is_over = 0
        and (w.visits is null or w.visits < w.visits_due or (w.visits <= w.visits_before and w.weeks > w.weeks_before))
),

-- Help that stopped, and help after a death -----------------------------------------------------
paid as (
    select
        m.program_code, coalesce(m.household_id, m.beneficiary_id) as unit_id, m.month_on, m.status_code, s.area_code as sender_area_code,
        m.beneficiary_id, m.submission_id, m.source_row, m.match_probability
    from {{ ref('int_benefit_months') }} as m
    inner join {{ ref('submissions') }} as s on s.submission_id = m.submission_id
    where m.beneficiary_id is not null
),

told_months as (
    select distinct
        program as program_code, area_code as sender_area_code,
        cast({{ unnest_list(span_starts('period_from', 'period_to', 'month')) }} as date) as month_on
    from {{ ref('submissions') }}
    where is_serving
),

last_paid as (
    select
        program_code, unit_id,
        max(case when status_code = 'paid' then month_on end) as last_on,
        count(distinct case when status_code = 'paid' then month_on end) as months_count,
        max(case when status_code = 'ordered' then month_on end) as ordered_on,
        max(case when status_code = 'failed' then month_on end) as failed_on,
        max(case when status_code = 'unknown' then month_on end) as unknown_on,
        arg_max(sender_area_code, case when status_code = 'paid' then {{ struct_of(['month_on', 'submission_id', 'source_row']) }} end) as sender_area_code,
        arg_max(beneficiary_id, case when status_code = 'paid' then {{ struct_of(['month_on', 'submission_id', 'source_row']) }} end) as beneficiary_id,
        max(case when status_code = 'paid' then {{ struct_of(['month_on', 'submission_id', 'source_row']) }} end) as evidence,
        min(match_probability) as match_probability
    from paid
    group by program_code, unit_id
),

silent as (
    select l.program_code, l.unit_id, count(*) as silent_count, max(t.month_on) as told_on
    from last_paid as l
    inner join told_months as t
        on t.program_code = l.program_code and t.sender_area_code = l.sender_area_code and t.month_on > l.last_on
    group by l.program_code, l.unit_id
),

excused as (
    select distinct e.program_code, coalesce(e.household_id, e.beneficiary_id) as unit_id
    from {{ ref('enrolments') }} as e
    where e.status_code in ('graduated', 'left', 'dropped_out')
    union
    select distinct o.program, coalesce(o.household_id, o.beneficiary_id)
    from {{ ref('observations') }} as o where o.indicator_code = 'graduated' and o.value_code = 'yes'
),

deciles as (
    select household_id, arg_max(desil_max, quarter_on) as desil_max from {{ ref('household_quarters') }}
    where desil_max is not null group by household_id
),

-- Whoever was the last payee of two households is asked about once: for the help that stopped last.
stopped_units as (
    select
        l.beneficiary_id, 'benefit_stopped' as risk_code, l.program_code, {{ months_later('l.last_on', 1) }} as since_on,
        cast(s.told_on as date) as told_on,
        {{ joined_texts([
            "case when l.failed_on > l.last_on then 'payment_failed' end", "case when l.ordered_on > l.last_on then 'ordered_not_paid' end",
            "case when l.unknown_on > l.last_on then 'payment_status_unknown' end",
            "case when coalesce(l.failed_on > l.last_on, false) or coalesce(l.ordered_on > l.last_on, false) or coalesce(l.unknown_on > l.last_on, false) then null else 'not_on_any_list' end",
            "case when d.desil_max <= " ~ var('poor_desil_max', 4) ~ " then 'still_poor' when d.desil_max is null then 'desil_unknown' else 'no_longer_poor' end"]) }} as reason_codes,
        cast(s.silent_count as double) as value_number, l.match_probability, l.evidence.submission_id as submission_id, l.evidence.source_row as source_row
    from last_paid as l
    inner join silent as s on s.program_code = l.program_code and s.unit_id = l.unit_id
    inner join people as p on p.beneficiary_id = l.beneficiary_id
    left join excused as x on x.program_code = l.program_code and x.unit_id = l.unit_id
    left join deciles as d on d.household_id = l.unit_id
    where l.months_count >= 3 and s.silent_count >= 2
        and l.last_on >= {{ months_later('s.told_on', -12) }} and x.unit_id is null and p.died_by_on is null and p.moved_by_on is null
),

stopped as (
    select beneficiary_id, risk_code, program_code, since_on, told_on, reason_codes, value_number, match_probability, submission_id, source_row
    from (
        select *, row_number() over (
            partition by beneficiary_id, program_code order by since_on desc, submission_id, source_row
        ) as choice
        from stopped_units
    ) as ranked
    where choice = 1
),

-- Whom a payment is for, and who collects it: either may have died.
paid_people as (
    select
        coalesce(for_beneficiary_id, beneficiary_id) as beneficiary_id, 'paid_after_death' as reason_code,
        benefit_id, program_code, valid_from, valid_to, match_probability, submission_id, source_row
    from {{ ref('benefits') }}
    where status_code = 'paid' and not is_repeat
    union all
    select
        beneficiary_id, 'payee_has_died', benefit_id, program_code, valid_from, valid_to, match_probability, submission_id, source_row
    from {{ ref('benefits') }}
    where status_code = 'paid' and not is_repeat and for_beneficiary_id <> beneficiary_id
),

deceased as (
    select
        p.beneficiary_id, 'deceased_still_paid' as risk_code, b.program_code, min(p.died_by_on) as since_on, max(b.valid_to) as told_on,
        {{ texts_of('b.reason_code') }} as reason_codes, cast(count(distinct b.benefit_id) as double) as value_number, min(b.match_probability) as match_probability,
        min({{ struct_of(['b.submission_id', 'b.source_row']) }}).submission_id as submission_id,
        min({{ struct_of(['b.submission_id', 'b.source_row']) }}).source_row as source_row
    from paid_people as b
    inner join people as p on p.beneficiary_id = b.beneficiary_id
    where b.valid_from > p.died_by_on
    group by p.beneficiary_id, b.program_code
),

found as (
    select * from dropouts
    union all
    select * from faltering
    union all
    select * from unvisited
    union all
    select * from stopped
    union all
    select * from deceased
)

select
    f.beneficiary_id,
    f.risk_code,
    f.program_code,
    cast(f.since_on as date) as since_on,
    cast(f.told_on as date) as told_on,
    f.reason_codes,
    cast(f.value_number as double) as value_number,
    case when f.match_probability >= 0.95 and f.reason_codes not like '%unknown%' then 'high' else 'low' end as certainty_code,
    f.match_probability,
    p.household_id,
    p.sex_code,
    p.area_code,
    p.current_area_code,
    f.submission_id,
    f.source_row
from found as f
inner join people as p on p.beneficiary_id = f.beneficiary_id
