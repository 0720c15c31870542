{{ config(unique_key=['kind_code', 'program_code', 'subject_id', 'to_on']) }}

{#
  From one period's lists to the next one's, what became of whoever stands in either:
    program  households paid by a program that pays by the month or the quarter, quarter by quarter
    school   pupils, semester by semester
  change_code:
    stayed      in both; at school: of one level and one sender
    next_level  in both, at a higher level of school; other_level where it is not higher
    moved       in both, in the second by another sender's list
    left        in the first alone, though the same sender tells of the whole second period
    entered     in the second alone, though the same sender tells of the whole first period
  What no list tells is no change: where a list lacks there is no row, and no row says why somebody
  left unless a list does (reason_code). `unread_count` tells how many rows of the lists in which
  somebody is missing could not be accepted: among them may be the row that is missing here.
#}
{%- set levels = "case {} when 'sd' then 1 when 'smp' then 2 when 'sma' then 3 end" %}
with lists as (
    select
        program, area_code as sender_area_code, period_from, period_to,
        cast(period_to + interval 1 day as date) as next_from,
        sum(quarantined_count) as unread_count
    from {{ ref('submissions') }}
    where is_serving
    group by program, area_code, period_from, period_to
),

-- Schools ----------------------------------------------------------------------------------------
-- One row of each pupil and semester: the first, where several lists name the same child.
pupils as (
    select * from (
        select
            e.beneficiary_id, e.household_id, s.area_code as sender_area_code, s.period_from, s.period_to,
            cast(s.period_to + interval 1 day as date) as next_from,
            e.component_code, e.submission_id, e.source_row, e.match_probability, e.area_code, e.current_area_code,
            g.grade,
            row_number() over (
                partition by e.beneficiary_id, s.period_from
                order by s.area_code, e.submission_id, e.source_row, e.enrolment_id
            ) as choice
        from {{ ref('enrolments') }} as e
        inner join {{ ref('submissions') }} as s on s.submission_id = e.submission_id
        left join (
            select submission_id, source_record_id, max(value_number) as grade
            from {{ ref('observations') }}
            where indicator_code = 'school_grade'
            group by submission_id, source_record_id
        ) as g on g.submission_id = e.submission_id and g.source_record_id = e.source_record_id
        where e.program_code = 'dapodik' and e.status_code = 'active' and e.beneficiary_id is not null
    ) as ranked
    where choice = 1
),

school as (
    select
        coalesce(a.beneficiary_id, b.beneficiary_id) as beneficiary_id,
        coalesce(a.period_from, before_list.period_from) as from_on,
        coalesce(b.period_from, a.next_from) as to_on,
        a.component_code as from_code, b.component_code as to_code,
        case
            when b.beneficiary_id is null then 'left'
            when a.beneficiary_id is null then 'entered'
            when a.sender_area_code <> b.sender_area_code then 'moved'
            when {{ levels.format('b.component_code') }} > {{ levels.format('a.component_code') }} then 'next_level'
            when {{ levels.format('b.component_code') }} < {{ levels.format('a.component_code') }} then 'other_level'
            else 'stayed'
        end as change_code,
        case when b.beneficiary_id is null then
            case
                when p.died_by_on is not null and p.died_by_on <= after_list.period_to then 'died'
                when p.moved_by_on is not null and p.moved_by_on <= after_list.period_to then 'moved_away'
                when a.grade >= 12 and extract(month from a.period_to) = 6 then 'finished'
                else 'not_told'
            end
        end as reason_code,
        case when b.beneficiary_id is null then after_list.unread_count
            when a.beneficiary_id is null then before_list.unread_count
            else 0 end as unread_count,
        coalesce(b.household_id, a.household_id) as household_id,
        coalesce(b.area_code, a.area_code) as area_code,
        case when b.area_code is not null then b.current_area_code else a.current_area_code end as current_area_code,
        least(a.match_probability, b.match_probability) as match_probability,
        a.submission_id as from_submission_id, a.source_row as from_source_row,
        b.submission_id as to_submission_id, b.source_row as to_source_row
    from pupils as a
    full outer join pupils as b
        on b.beneficiary_id = a.beneficiary_id and b.period_from = a.next_from
    left join {{ ref('beneficiaries') }} as p on p.beneficiary_id = a.beneficiary_id
    left join lists as after_list
        on after_list.program = 'dapodik' and after_list.sender_area_code = a.sender_area_code
        and after_list.period_from = a.next_from
    left join lists as before_list
        on before_list.program = 'dapodik' and before_list.sender_area_code = b.sender_area_code
        and before_list.next_from = b.period_from
    where (a.beneficiary_id is not null and b.beneficiary_id is not null)
        or (b.beneficiary_id is null and after_list.program is not null)
        or (a.beneficiary_id is null and before_list.program is not null)
),

-- Programs ---------------------------------------------------------------------------------------
regular as (
    select program from {{ ref('programs') }} where cadence_kind in ('month', 'quarter', 'tahap')
),

months as (
    select
        m.program_code, coalesce(m.household_id, m.beneficiary_id) as unit_id,
        m.household_id, m.beneficiary_id, m.month_on, m.quarter_on, s.area_code as sender_area_code, m.status_code,
        m.submission_id, m.source_row, m.match_probability, m.area_code, m.current_area_code
    from {{ ref('int_benefit_months') }} as m
    inner join {{ ref('submissions') }} as s on s.submission_id = m.submission_id
    where m.beneficiary_id is not null and m.program_code in (select program from regular)
),

-- Quarters of which a sender's lists, or the payments in them, tell every month.
told as (
    select program_code, sender_area_code, quarter_on
    from (
        select program_code, sender_area_code, month_on, cast(date_trunc('quarter', month_on) as date) as quarter_on
        from (
            select program as program_code, sender_area_code,
                cast({{ unnest_list(span_starts('period_from', 'period_to', 'month')) }} as date) as month_on
            from lists
            where program in (select program from regular)
            union
            select program_code, sender_area_code, month_on from months
        ) as either
    ) as dated
    group by program_code, sender_area_code, quarter_on
    having count(distinct month_on) = 3
),

unread as (
    select program as program_code, sender_area_code, quarter_on, sum(unread_count) as unread_count
    from (
        select program, sender_area_code, unread_count,
            cast({{ unnest_list(span_starts('period_from', 'period_to', 'quarter')) }} as date) as quarter_on
        from lists
    ) as spread
    group by program, sender_area_code, quarter_on
),

payers as (
    select distinct program_code, unit_id, quarter_on, sender_area_code from months where status_code = 'paid'
),

paid as (
    select
        program_code, unit_id, quarter_on, {{ months_later('quarter_on', 3) }} as next_on, {{ months_later('quarter_on', -3) }} as before_on,
        max(household_id) as household_id,
        min({{ struct_of(['submission_id', 'source_row', 'area_code', 'current_area_code', 'beneficiary_id']) }}) as evidence,
        min(match_probability) as match_probability
    from months
    where status_code = 'paid'
    group by program_code, unit_id, quarter_on
),

{%- for side, column, sign in [('after', 'next_on', 3), ('before', 'before_on', -3)] %}
-- Whether all who paid somebody in a quarter tell of the one {{ side }} it.
known_{{ side }} as (
    select
        y.program_code, y.unit_id, y.quarter_on, coalesce(sum(u.unread_count), 0) as unread_count
    from payers as y
    left join told as t
        on t.program_code = y.program_code and t.sender_area_code = y.sender_area_code
        and t.quarter_on = {{ months_later('y.quarter_on', sign) }}
    left join unread as u
        on u.program_code = y.program_code and u.sender_area_code = y.sender_area_code
        and u.quarter_on = {{ months_later('y.quarter_on', sign) }}
    group by y.program_code, y.unit_id, y.quarter_on
    having count(*) = count(t.quarter_on)
),
{%- endfor %}

-- What lists say of whoever is not paid: still there, or at an end.
unpaid as (
    select
        program_code, unit_id, quarter_on,
        max(case when status_code = 'failed' then 1 else 0 end) as is_failed,
        max(case when status_code = 'ordered' then 1 else 0 end) as is_ordered,
        max(case when status_code = 'unknown' then 1 else 0 end) as is_unknown
    from months
    where status_code <> 'paid'
    group by program_code, unit_id, quarter_on
),

ended as (
    select program_code, coalesce(household_id, beneficiary_id) as unit_id, cast(date_trunc('quarter', coalesce(valid_to, valid_from)) as date) as ended_on,
        min(status_code) as status_code
    from {{ ref('enrolments') }}
    where status_code in ('graduated', 'left') and beneficiary_id is not null
    group by program_code, coalesce(household_id, beneficiary_id), cast(date_trunc('quarter', coalesce(valid_to, valid_from)) as date)
),

program_changes as (
    select
        a.program_code, a.unit_id, a.household_id, a.quarter_on as from_on, a.next_on as to_on,
        case when b.unit_id is null then 'left' else 'stayed' end as change_code,
        case when b.unit_id is null then
            case
                when n.is_failed = 1 then 'payment_failed'
                when n.is_ordered = 1 then 'ordered_not_paid'
                when n.is_unknown = 1 then 'payment_status_unknown'
                else coalesce(e.status_code, 'not_told')
            end
        end as reason_code,
        case when b.unit_id is null then k.unread_count else 0 end as unread_count,
        a.evidence, b.evidence as later_evidence,
        least(a.match_probability, b.match_probability) as match_probability
    from paid as a
    left join paid as b
        on b.program_code = a.program_code and b.unit_id = a.unit_id and b.quarter_on = a.next_on
    left join known_after as k
        on k.program_code = a.program_code and k.unit_id = a.unit_id and k.quarter_on = a.quarter_on
    left join unpaid as n
        on n.program_code = a.program_code and n.unit_id = a.unit_id and n.quarter_on = a.next_on
    left join (
        select program_code, unit_id, ended_on, status_code from ended
    ) as e
        on e.program_code = a.program_code and e.unit_id = a.unit_id and e.ended_on = a.next_on
    where b.unit_id is not null or k.unit_id is not null
    union all
    select
        b.program_code, b.unit_id, b.household_id, b.before_on, b.quarter_on, 'entered',
        case
            when n.is_failed = 1 then 'payment_failed'
            when n.is_ordered = 1 then 'ordered_not_paid'
            when n.is_unknown = 1 then 'payment_status_unknown'
        end,
        k.unread_count, null, b.evidence, b.match_probability
    from paid as b
    inner join known_before as k
        on k.program_code = b.program_code and k.unit_id = b.unit_id and k.quarter_on = b.quarter_on
    left join paid as a
        on a.program_code = b.program_code and a.unit_id = b.unit_id and a.quarter_on = b.before_on
    left join unpaid as n
        on n.program_code = b.program_code and n.unit_id = b.unit_id and n.quarter_on = b.before_on
    where a.unit_id is null
)

select
    'school' as kind_code,
    'dapodik' as program_code,
    beneficiary_id as subject_id,
    'person' as subject_kind,
    cast(from_on as date) as from_on,
    cast(to_on as date) as to_on,
    change_code,
    from_code,
    to_code,
    reason_code,
    cast(unread_count as bigint) as unread_count,
    household_id,
    area_code,
    current_area_code,
    match_probability,
    from_submission_id,
    from_source_row,
    to_submission_id,
    to_source_row
from school
union all
select
    'program', program_code, unit_id,
    case when household_id is null then 'person' else 'household' end,
    cast(from_on as date), cast(to_on as date), change_code,
    case when change_code = 'entered' then 'unpaid' else 'paid' end,
    case when change_code = 'left' then 'unpaid' else 'paid' end,
    reason_code,
    cast(unread_count as bigint),
    household_id,
    coalesce(later_evidence.area_code, evidence.area_code),
    case when later_evidence.area_code is not null then later_evidence.current_area_code else evidence.current_area_code end,
    match_probability,
    evidence.submission_id, evidence.source_row,
    later_evidence.submission_id, later_evidence.source_row
from program_changes
