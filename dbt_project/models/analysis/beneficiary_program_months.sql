{{ config(unique_key=['beneficiary_id', 'program_code', 'month_on'], post_hook="{{ partitioned_by('year(month_on)') }}") }}

{#
  What each program did for each person in each month: on its list, payments, services. A payment on
  somebody's account counts for that person; the payee then has a row of its own that says only
  is_payee_for_other, so that nothing is counted twice. A place on a list whose end is not told lasts to
  the end of the period of the file that tells it.
#}
with payments as (
    select
        coalesce(for_beneficiary_id, beneficiary_id) as beneficiary_id, program_code, month_on,
        submission_id, source_row, match_probability, status_code, amount_month_idr
    from {{ ref('int_benefit_months') }}
    where beneficiary_id is not null
),

lists as (
    select
        beneficiary_id, program_code, submission_id, source_row, match_probability, status_code,
        cast({{ unnest_list(span_starts('valid_from', 'greatest(valid_from, valid_until)', 'month')) }} as date) as month_on
    from (
        select e.*, coalesce(e.valid_to, s.period_to, e.valid_from) as valid_until
        from {{ ref('enrolments') }} as e
        inner join {{ ref('submissions') }} as s on s.submission_id = e.submission_id
        where not e.is_repeat and e.valid_from is not null and e.beneficiary_id is not null
    ) as ended
),

every_fact as (
    select
        beneficiary_id, program_code, month_on, submission_id, source_row, match_probability,
        null as list_status, status_code as payment_status, amount_month_idr, 0 as service, 0 as payee_for_other
    from payments
    union all
    select beneficiary_id, program_code, month_on, submission_id, source_row, match_probability, status_code, null, null, 0, 0
    from lists
    union all
    select
        beneficiary_id, program, cast(date_trunc('month', happened_on) as date), submission_id, source_row, match_probability,
        null, null, null, 1, 0
    from {{ ref('service_events') }}
    where not is_repeat and happened_on is not null and beneficiary_id is not null
    union all
    select beneficiary_id, program_code, month_on, submission_id, source_row, match_probability, null, null, null, 0, 1
    from {{ ref('int_benefit_months') }}
    where beneficiary_id is not null and for_beneficiary_id <> beneficiary_id
)

select
    beneficiary_id,
    program_code,
    month_on,
    -- Known to be on the list, or not known; that no list names a person says nothing by itself.
    case when count(case when list_status <> 'unknown' then 1 end) > 0 then true end as is_listed,
    max(payee_for_other) = 1 as is_payee_for_other,
    count(case when payment_status = 'paid' then 1 end) as receipts_count,
    count(case when payment_status = 'ordered' then 1 end) as orders_open_count,
    count(case when payment_status = 'failed' then 1 end) as orders_failed_count,
    count(case when payment_status = 'unknown' then 1 end) as status_unknown_count,
    cast(sum(case when payment_status = 'paid' then amount_month_idr end) as decimal(18, 2)) as amount_idr,
    count(case when payment_status = 'paid' and amount_month_idr is null then 1 end) as amount_unknown_count,
    cast(sum(service) as bigint) as services_count,
    min(match_probability) as match_probability,
    min({{ struct_of(['submission_id', 'source_row']) }}).submission_id as submission_id,
    min({{ struct_of(['submission_id', 'source_row']) }}).source_row as source_row
from every_fact
group by beneficiary_id, program_code, month_on
