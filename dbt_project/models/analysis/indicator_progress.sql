{{ config(unique_key=['indicator_code', 'source_code', 'area_code', 'valid_from', 'valid_to', 'group_code']) }}

{#
  Each declared indicator against its baseline and target. Three sources that are never mixed:
    computed   worked out by Lumbung from its facts, with numerator and denominator
    official   as a statistical office or a local authority published it (area_observations)
    quoted     as others quote it while its table is not here (seed quoted_figures)
  A value without a denominator is not computed at all: it is unknown, not 0. The target is the area's
  own, or that of the smallest area around it that has one.
#}
with cards as (
    select * from {{ ref('area_scorecard') }}
),

levels as ({{ area_levels() }}
),

complaints as (
    select area_code, quarter_on, sum(resolved_count) as resolved_count, sum(complaints_count - status_unknown_count) as known_count
    from {{ ref('grievance_resolution') }}
    group by area_code, quarter_on
),

-- Facts that come one by one, with what they count for.
single_facts as (
    select
        'entitlements_received_share' as indicator_code, coalesce(e.current_area_code, e.area_code, s.area_code) as area_code,
        cast(date_trunc('quarter', e.valid_to) as date) as quarter_on, 'all' as group_code,
        case when e.reconciliation_code like 'received%' then 1 else 0 end as counts
    from {{ ref('entitlements') }} as e
    inner join {{ ref('submissions') }} as s on s.submission_id = e.submission_id
    where e.valid_to is not null and e.reconciliation_code <> 'status_unknown'
    union all
    select
        'referrals_closed_share', coalesce(f.current_area_code, f.area_code, s.area_code), cast(date_trunc('quarter', f.need_on) as date), 'all',
        case when f.stage_code = 'benefit' then 1 else 0 end
    from {{ ref('referral_funnel') }} as f
    inner join {{ ref('submissions') }} as s on s.submission_id = f.submission_id
    where f.source_code = 'referral' and f.is_benefit_expected
    {%- for code, outcome, known, good in [
        ('training_employed_6_months_share', 'training_work', "o.after_code is not null and o.horizon_months = 6", "o.after_code in ('working', 'self_employed')"),
        ('scholarship_at_school_share', 'scholarship_school', "o.result_code <> 'unknown'", "o.result_code = 'reached'")] %}
    {%- for group in ["'all'", "concat('sex:', coalesce(o.sex_code, 'unknown'))"] %}
    union all
    select '{{ code }}', o.area_code, cast(date_trunc('quarter', coalesce(o.after_on, o.exposed_to)) as date), {{ group }}, case when {{ good }} then 1 else 0 end
    from {{ ref('outcomes') }} as o
    where o.outcome_code = '{{ outcome }}' and {{ known }} and coalesce(o.after_on, o.exposed_to) is not null and o.area_code is not null
    {%- endfor %}
    {%- endfor %}
    {%- for group in ["'all'", "concat('sex:', p.sex_code)"] %}
    union all
    select 'insured_poor_share', p.area_code, p.quarter_on, {{ group }}, case when i.beneficiary_id is not null then 1 else 0 end
    from {{ ref('person_quarters') }} as p
    left join (
        select distinct beneficiary_id, cast(date_trunc('quarter', month_on) as date) as quarter_on
        from {{ ref('beneficiary_program_months') }} where program_code = 'pbi_jkn' and receipts_count > 0
    ) as i on i.beneficiary_id = p.beneficiary_id and i.quarter_on = p.quarter_on
    -- Only where a list of contributions tells of the quarter at all.
    where p.poor_code = 'yes' and p.quarter_on in (
        select cast(date_trunc('quarter', period_from) as date) from {{ ref('submissions') }} where program = 'pbi_jkn' and is_serving
    )
    {%- endfor %}
),

counted as (
    select f.indicator_code, substr(f.area_code, 1, l.code_length) as area_code, f.quarter_on, f.group_code,
        cast(sum(f.counts) as double) as numerator, cast(count(*) as double) as denominator
    from single_facts as f
    inner join levels as l on length(f.area_code) >= l.code_length
    group by f.indicator_code, substr(f.area_code, 1, l.code_length), f.quarter_on, f.group_code
),

computed as (
    {%- for code, numerator, denominator in [
        ('poor_households_share', 'poor_households_count', 'poor_households_count + not_poor_households_count'),
        ('poor_reached_share', 'poor_reached_households_count', 'poor_households_count'),
        ('eligible_unserved_share', 'eligible_unserved_households_count', 'register_households_count'),
        ('served_not_eligible_share', 'served_not_eligible_households_count', 'reached_households_count'),
        ('stunted_children_share', 'stunted_children_count', 'stunted_children_count + not_stunted_children_count'),
        ('benefits_on_time_share', 'benefits_in_time_count', 'benefits_in_time_count + benefits_late_count'),
        ('budget_realised_share', 'budget_realised_share * budget_ceiling_idr', 'budget_ceiling_idr')] %}
    select '{{ code }}' as indicator_code, area_code, quarter_on, 'all' as group_code,
        cast({{ numerator }} as double) as numerator, cast({{ denominator }} as double) as denominator
    from cards
    union all
    {%- endfor %}
    select 'complaints_resolved_share', area_code, quarter_on, 'all', cast(resolved_count as double), cast(known_count as double)
    from complaints where area_code <> '00'
    union all
    select 'satisfaction_index', area_code, quarter_on, case when program_code = 'all' then 'all' else concat('program:', program_code) end,
        satisfaction_index * respondents_count, cast(respondents_count as double)
    from {{ ref('service_satisfaction') }}
    where unit_code = 'all'
    union all
    select indicator_code, area_code, quarter_on, group_code, numerator, denominator from counted
),

stated as (
    select
        indicator_code, 'computed' as source_code, 'Lumbung' as source, area_code, quarter_on as valid_from,
        {{ last_day_of_quarter('quarter_on') }} as valid_to, group_code, numerator, denominator, numerator / denominator as value_number
    from computed
    where denominator > 0 and numerator is not null
    union all
    select
        o.indicator_code, 'official', min(o.source), coalesce(o.current_area_code, o.area_code), o.valid_from, o.valid_to,
        o.dimension_code, null, null, min(o.value_number)
    from {{ ref('area_observations') }} as o
    inner join {{ ref('indicator_terms') }} as t on t.indicator_code = o.indicator_code
    where not o.is_repeat and o.quality_code = 'plausible' and o.area_code is not null and o.valid_from is not null
    -- An area that came from two has two figures of old: that is no figure of the new one.
    group by o.indicator_code, coalesce(o.current_area_code, o.area_code), o.valid_from, o.valid_to, o.dimension_code
    having count(*) = 1
    union all
    select
        indicator_code, 'quoted', source, area_code, {{ day_of('reference_year', '1', '1') }}, {{ day_of('reference_year', '12', '31') }},
        statement_id, null, null, value_number
    from {{ ref('quoted_figures') }}
),

aimed as (
    select
        s.*, g.baseline_value, g.baseline_on, g.target_value, g.target_on, g.target_source,
        row_number() over (
            partition by s.indicator_code, s.source_code, s.area_code, s.valid_from, s.valid_to, s.group_code
            order by case when g.area_code = '00' then 0 else length(g.area_code) end desc,
                case when g.target_on >= s.valid_to then 0 else 1 end, g.target_on, g.target_source
        ) as choice
    from stated as s
    left join {{ ref('indicator_targets') }} as g
        on g.indicator_code = s.indicator_code and {{ is_area_within('s.area_code', 'g.area_code') }}
),

judged as (
    select
        a.*, i.direction_code, i.unit_code,
        -- The straight way from the baseline to the target.
        case when a.baseline_value is not null and a.baseline_on < a.target_on and a.valid_to > a.baseline_on
            then a.baseline_value + (a.target_value - a.baseline_value)
                * least(cast({{ dbt.datediff('a.baseline_on', 'a.valid_to', 'day') }} as double) / {{ dbt.datediff('a.baseline_on', 'a.target_on', 'day') }}, 1)
        end as path_value,
        case i.direction_code when 'higher_is_better' then 1 when 'lower_is_better' then -1 end as sign,
        lag(a.value_number) over (partition by a.indicator_code, a.source_code, a.area_code, a.group_code order by a.valid_from, a.valid_to) as value_before
    from aimed as a
    inner join {{ ref('indicators') }} as i on i.indicator_code = a.indicator_code
    where a.choice = 1
)

select
    indicator_code,
    source_code,
    source,
    area_code,
    {{ area_level_of('area_code') }} as area_level,
    valid_from,
    valid_to,
    group_code,
    unit_code,
    numerator,
    denominator,
    cast(value_number as double) as value_number,
    cast(value_number - value_before as double) as change_number,
    baseline_value,
    baseline_on,
    target_value,
    target_on,
    target_source,
    cast(path_value as double) as path_value,
    case
        when target_value is null or sign is null then 'no_target'
        when sign * value_number >= sign * target_value then 'reached'
        when path_value is null then 'not_reached'
        when sign * value_number >= sign * path_value then 'on_track'
        else 'behind'
    end as status_code,
    coalesce(denominator < {{ var('small_number', 10) }}
        or (unit_code = 'share' and indicator_code <> 'budget_realised_share' and numerator between 1 and {{ var('small_number', 10) }} - 1), false) as is_small_number
from judged
