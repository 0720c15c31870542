{{ config(unique_key=['beneficiary_id', 'month_on'], post_hook="{{ partitioned_by('year(month_on)') }}") }}

{#
  The panel: each person in each month from the first sight to the last, or to death or leaving, and
  in no other month but those in which something is told of the person (help after a death stays
  visible). A list of at most a quarter sees everybody it names in each of its months; a longer one
  in the month as of which it speaks. Nobody is there before the month of birth, where it is known
  and does not contradict every sight. Areas are carried on from month to month; whatever is measured
  or paid stands in its own month only.
#}
with sights as (
    select
        beneficiary_id, area_code, area_level, current_area_code, stated_on,
        cast({{ unnest_list(span_starts('seen_from', 'seen_to', 'month')) }} as date) as month_on
    from (
        select
            *,
            case when {{ dbt.datediff('valid_from', 'valid_to', 'day') }} < 100 then valid_from
                else least(greatest(stated_on, valid_from), valid_to) end as seen_from,
            case when {{ dbt.datediff('valid_from', 'valid_to', 'day') }} < 100 then valid_to
                else least(greatest(stated_on, valid_from), valid_to) end as seen_to
        from {{ ref('person_records') }}
        where beneficiary_id is not null and valid_from is not null
    ) as dated
),

places as (
    select beneficiary_id, month_on, sights_count, area_code, current_area_code
    from (
        select
            beneficiary_id, month_on, area_code, max(current_area_code) as current_area_code,
            sum(count(*)) over (partition by beneficiary_id, month_on) as sights_count,
            row_number() over (
                partition by beneficiary_id, month_on
                order by length(area_code) desc nulls last, max(stated_on) desc nulls last, count(*) desc, area_code
            ) as choice
        from sights
        group by beneficiary_id, month_on, area_code
    ) as counted
    where choice = 1
),

programs as (
    select
        beneficiary_id, month_on,
        {{ texts_of("case when is_listed then program_code end") }} as programs_listed,
        {{ texts_of("case when receipts_count > 0 then program_code end") }} as programs_paid,
        cast(sum(receipts_count) as bigint) as receipts_count,
        sum(amount_idr) as amount_idr,
        cast(sum(amount_unknown_count) as bigint) as amount_unknown_count,
        cast(sum(services_count) as bigint) as services_count
    from {{ ref('beneficiary_program_months') }}
    group by beneficiary_id, month_on
),

measured as (
    select
        beneficiary_id, cast(date_trunc('month', observed_on) as date) as month_on,
        arg_max(case when indicator_code = 'zscore_hfa' and value_number between -6 and 6 then value_number end,
            case when indicator_code = 'zscore_hfa' and value_number between -6 and 6 then {{ struct_of(['observed_on', 'submission_id', 'source_row']) }} end) as zscore_hfa,
        arg_max(case when indicator_code = 'stunting_code' then value_code end,
            case when indicator_code = 'stunting_code' and value_code is not null then {{ struct_of(['observed_on', 'submission_id', 'source_row']) }} end) as stunting_sent,
        arg_max(case when indicator_code = 'weight_kg' then value_number end,
            case when indicator_code = 'weight_kg' and value_number is not null then {{ struct_of(['observed_on', 'submission_id', 'source_row']) }} end) as weight_kg,
        arg_max(case when indicator_code like 'work%' then value_code end,
            case when indicator_code like 'work%' and value_code is not null then {{ struct_of(['observed_on', 'submission_id', 'source_row']) }} end) as work_code
    from {{ ref('observations') }}
    where not is_repeat and observed_on is not null and beneficiary_id is not null
        and (indicator_code in ('zscore_hfa', 'stunting_code', 'weight_kg') or indicator_code like 'work%')
    group by beneficiary_id, cast(date_trunc('month', observed_on) as date)
),

people as (
    select
        b.beneficiary_id, b.birth_year, b.birth_month, b.died_by_on, b.moved_by_on,
        cast(date_trunc('month', least(b.died_by_on, b.moved_by_on)) as date) as exit_month_on,
        s.first_month_on, s.last_month_on,
        case when b.birth_year is not null then {{ day_of('b.birth_year', 'coalesce(b.birth_month, 1)', '1') }} end as born_month_on
    from {{ ref('beneficiaries') }} as b
    inner join (
        select beneficiary_id, min(month_on) as first_month_on, max(month_on) as last_month_on from sights group by beneficiary_id
    ) as s on s.beneficiary_id = b.beneficiary_id
),

spans as (
    select
        beneficiary_id,
        case when born_month_on between first_month_on and last_month_on then born_month_on else first_month_on end as from_on,
        greatest(least(last_month_on, coalesce(exit_month_on, last_month_on)), first_month_on) as to_on
    from people
),

spine as (
    select beneficiary_id, cast({{ unnest_list(span_starts('from_on', 'greatest(from_on, to_on)', 'month')) }} as date) as month_on
    from spans
    union
    select beneficiary_id, month_on from programs
    union
    select beneficiary_id, month_on from measured
),

placed as (
    select
        s.beneficiary_id, s.month_on,
        coalesce(p.sights_count, 0) as sights_count,
        last_value(p.area_code ignore nulls) over earlier as area_code,
        -- The pair of an area that has no code of today stays without one.
        last_value(case when p.area_code is not null then coalesce(p.current_area_code, '') end ignore nulls) over earlier as current_area
    from spine as s
    left join places as p on p.beneficiary_id = s.beneficiary_id and p.month_on = s.month_on
    window earlier as (partition by s.beneficiary_id order by s.month_on rows between unbounded preceding and current row)
),

homes as (
    select beneficiary_id, month_on, household_id
    from (
        select
            s.beneficiary_id, s.month_on, m.household_id,
            row_number() over (
                partition by s.beneficiary_id, s.month_on order by m.valid_from desc, m.household_id
            ) as choice
        from spine as s
        inner join {{ ref('household_members') }} as m
            on m.beneficiary_id = s.beneficiary_id and m.group_kind = 'family_card'
            and m.valid_from <= {{ last_day_of_month('s.month_on') }}
            and coalesce(m.valid_to, date '9999-12-31') >= {{ last_day_of_month('s.month_on') }}
    ) as dated
    where choice = 1
),

household_help as (
    select h.household_id, h.month_on, {{ texts_of('p.program_code') }} as household_programs_paid
    from homes as h
    inner join {{ ref('beneficiary_program_months') }} as p
        on p.beneficiary_id = h.beneficiary_id and p.month_on = h.month_on and p.receipts_count > 0
    group by h.household_id, h.month_on
)

select
    p.beneficiary_id,
    p.month_on,
    cast(date_trunc('quarter', p.month_on) as date) as quarter_on,
    case
        when p.month_on > date_trunc('month', b.died_by_on) then 'after_death'
        when p.month_on > date_trunc('month', b.moved_by_on) then 'after_move'
        when p.month_on < b.born_month_on and b.birth_month is not null then 'before_birth'
        when p.sights_count > 0 then 'seen'
        when p.month_on < b.first_month_on or p.month_on > b.last_month_on then 'outside_sights'
        else 'between_sights'
    end as state_code,
    coalesce(p.month_on = b.born_month_on and b.birth_month is not null, false) as is_birth_month,
    coalesce(p.month_on = b.exit_month_on, false) as is_exit_month,
    cast(case when b.birth_month is not null then {{ dbt.datediff('b.born_month_on', 'p.month_on', 'month') }} end as integer) as age_months,
    p.area_code,
    nullif(p.current_area, '') as current_area_code,
    h.household_id,
    q.desil_min,
    q.desil_max,
    g.programs_listed,
    g.programs_paid,
    coalesce(g.receipts_count, 0) as receipts_count,
    cast(g.amount_idr as decimal(18, 2)) as amount_idr,
    coalesce(g.amount_unknown_count, 0) as amount_unknown_count,
    coalesce(g.services_count, 0) as services_count,
    hh.household_programs_paid,
    m.zscore_hfa,
    case
        when m.zscore_hfa < -2 then 'stunted'
        when m.zscore_hfa is not null then 'not_stunted'
        when m.stunting_sent in ('stunted', 'severely_stunted') then 'stunted'
        when m.stunting_sent in ('normal', 'tall') then 'not_stunted'
    end as stunting_code,
    m.weight_kg,
    m.work_code
from placed as p
inner join people as b on b.beneficiary_id = p.beneficiary_id
left join homes as h on h.beneficiary_id = p.beneficiary_id and h.month_on = p.month_on
left join household_help as hh on hh.household_id = h.household_id and hh.month_on = p.month_on
left join {{ ref('household_quarters') }} as q
    on q.household_id = coalesce(h.household_id, p.beneficiary_id) and q.quarter_on = cast(date_trunc('quarter', p.month_on) as date)
left join programs as g on g.beneficiary_id = p.beneficiary_id and g.month_on = p.month_on
left join measured as m on m.beneficiary_id = p.beneficiary_id and m.month_on = p.month_on
