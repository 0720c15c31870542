{{ config(unique_key=record_key('area_observations')) }}

-- Cases of violence, counted by sender and month; nothing else of them leaves the vault, and nobody
-- named in them is a person record (docs/decisions/0010-restricted-cases-are-counted.md). A case
-- counts once in each kind and service it names, whatever the number of columns or rows.
-- The few are protected: a file with fewer cases than the small number gives no breakdown at all,
-- not even zeros; a smaller count within a larger file is withheld, and where that leaves one
-- withheld count of a sex or an age, the next smallest is withheld too; what is shown is rounded to
-- the nearest 5, so that corrections of one case cannot be told apart.
{%- set small_number = var('small_number', 10) %}
{%- set sets = [
    ('sex', 'violence_cases_count', 'sex_code', ['female', 'male'], true),
    ('age', 'violence_cases_count', 'age_code', ['child', 'adult', 'elderly'], true),
    ('status', 'violence_cases_count', 'status_code', ['open', 'closed'], true),
    ('kind', 'violence_cases_count', 'kind_codes',
        ['physical', 'psychological', 'sexual', 'neglect', 'exploitation', 'trafficking', 'domestic', 'miscellaneous', 'other'], false),
    ('service', 'violence_services_count', 'service_codes',
        ['complaint', 'health', 'legal_aid', 'law_enforcement', 'counselling', 'shelter', 'social_rehabilitation', 'reintegration',
         'spiritual', 'accompaniment', 'economic', 'miscellaneous', 'other'], false)] %}
with submitted as (
    {{ submitted('simfoni_ppa') }}
),

read as (
    select
        submission_id, source_row, period_from, period_to,
        coalesce(upper({{ parse_text('id_kasus') }}), concat('row ', source_row)) as case_no,
        {{ decode_sex('jk_korban') }} as sex_code,
        {{ parse_number('usia_korban') }} as age,
        {{ decode_case_status('status_kasus') }} as status_code,
        concat_ws('|', '', {% for n in range(1, 7) %}{{ decode_violence('jenis_kekerasan_' ~ n) }}, {% endfor %}'') as kind_codes,
        concat_ws('|', '', {% for n in range(1, 9) %}{{ decode_protection_service('layanan_' ~ n) }}, {% endfor %}'') as service_codes
    from submitted
),

-- One row per case; of what two rows of it say differently, the later row counts.
cases as (
    select
        submission_id, case_no, min(source_row) as source_row, min(period_from) as period_from, max(period_to) as period_to,
        max_by(sex_code, source_row) as sex_code,
        max_by(
            case when age between 0 and 17 then 'child' when age between 18 and 59 then 'adult' when age between 60 and 120 then 'elderly' end,
            source_row) as age_code,
        max_by(status_code, source_row) as status_code,
        string_agg(kind_codes, '' order by source_row) as kind_codes,
        string_agg(service_codes, '' order by source_row) as service_codes
    from read
    group by submission_id, case_no
),

totals as (
    select
        submission_id, min(source_row) as source_row, min(period_from) as period_from, max(period_to) as period_to,
        count(*) as cases_count
    from cases
    group by submission_id
),

counts as (
    select submission_id, 'all' as set_code, 'violence_cases_count' as indicator_code, 'all' as dimension_code, cases_count as true_count, false as adds_up
    from totals
    {%- for set_code, indicator, column, codes, adds_up in sets %}
    {%- for code in codes %}
    union all
    select
        submission_id, '{{ set_code }}', '{{ indicator }}', '{{ set_code }}_{{ code }}',
        count(case when {{ column ~ " = '" ~ code ~ "'" if adds_up else column ~ " like '%|" ~ code ~ "|%'" }} then 1 end),
        {{ 'true' if adds_up else 'false' }}
    from cases
    group by submission_id
    having count(*) >= {{ small_number }}
    {%- endfor %}
    {%- endfor %}
),

judged as (
    select
        *,
        true_count between 1 and {{ small_number }} - 1 as is_small,
        count(case when true_count between 1 and {{ small_number }} - 1 then 1 end) over (partition by submission_id, set_code) as small_count,
        row_number() over (
            partition by submission_id, set_code, case when true_count >= {{ small_number }} then 1 else 0 end
            order by true_count, dimension_code
        ) as order_no
    from counts
),

withheld as (
    select
        *,
        is_small or (adds_up and small_count = 1 and true_count >= {{ small_number }} and order_no = 1) as is_withheld
    from judged
)

select
    'simfoni_ppa' as program,
    w.submission_id,
    t.source_row,
    concat(t.source_row, ':jumlah') as source_record_id,
    w.indicator_code,
    w.dimension_code,
    t.period_from,
    t.period_to,
    case when not w.is_withheld then cast(round(w.true_count / 5.0) * 5 as double) end as value_number,
    cast(null as varchar) as value_sent,
    case when w.is_withheld then 'withheld' end as missing_reason,
    cast(null as varchar) as sent_area_code,
    cast(null as varchar) as sent_district,
    cast(null as varchar) as sent_village
from withheld as w
inner join totals as t on t.submission_id = w.submission_id
