{{ config(unique_key=['program', 'area_code', 'period']) }}

-- How good what each sender sends is, by program, sender and period: of the submission that serves, or
-- of the newest where none does. Restricted lists show their counts as core does.
with ranked as (
    select
        s.*,
        count(*) over (partition by program, area_code, period) as versions_count,
        count(case when state_code in ('rejected', 'refused') then 1 end) over (partition by program, area_code, period) as rejected_count,
        row_number() over (
            partition by program, area_code, period
            order by case when is_serving then 0 else 1 end, version desc, sent_at desc nulls last, submission_id
        ) as choice
    from {{ ref('submissions') }} as s
),

links as (
    select
        submission_id, count(*) as people_count, count(beneficiary_id) as linked_count,
        count(case when area_code is not null then 1 end) as placed_count,
        count(case when area_level = 'desa_kelurahan' then 1 end) as village_known_count,
        -- Sums of decimals do not depend on the order of the rows.
        avg(cast(match_probability as decimal(18, 12))) as match_probability,
        count(case when link_method <> 'alone' and match_probability < 0.95 then 1 end) as doubtful_links_count
    from {{ ref('person_records') }}
    group by submission_id
),

findings as (
    select submission_id, count(distinct rule_id) as rules_broken_count,
        arg_max(rule_id, {{ struct_of(['issue_count', 'rule_id']) }}) as most_frequent_rule_id
    from {{ ref('data_quality_issues') }}
    group by submission_id
)

select
    r.program,
    r.area_code,
    r.period,
    r.period_from,
    r.submission_id,
    r.state_code,
    r.is_serving,
    r.versions_count,
    r.rejected_count,
    cast({{ dbt.datediff('r.period_to', 'r.sent_at', 'day') }} as integer) as sent_after_days,
    r.rows_count,
    r.accepted_count,
    cast(r.accepted_count as double) / nullif(r.rows_count, 0) as accepted_share,
    r.issues_critical_count,
    r.issues_warning_count,
    cast(r.issues_critical_count + r.issues_warning_count as double) / nullif(r.rows_count, 0) as issues_per_row,
    f.rules_broken_count,
    f.most_frequent_rule_id,
    l.people_count,
    cast(l.linked_count as double) / nullif(l.people_count, 0) as linked_share,
    cast(l.placed_count as double) / nullif(l.people_count, 0) as area_known_share,
    cast(l.village_known_count as double) / nullif(l.people_count, 0) as village_known_share,
    l.match_probability,
    l.doubtful_links_count
from ranked as r
left join links as l on l.submission_id = r.submission_id
left join findings as f on f.submission_id = r.submission_id
where r.choice = 1
