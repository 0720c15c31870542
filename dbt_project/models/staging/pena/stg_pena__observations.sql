{{ config(unique_key=record_key('observations')) }}

-- A month's turnover at the payment and three and six months later, in thousands of rupiah (more
-- than 100 million a month is no turnover of such a business, but somebody's number); each on its
-- own day, NULL where the day of the payment is not told. And whether the family has graduated.
{% set turnovers = [('turnover_start', 'omzet_awal', 0), ('turnover_3_months', 'omzet_3_bulan', 3), ('turnover_6_months', 'omzet_6_bulan', 6)] %}
with submitted as (
    {{ submitted('pena') }}
),

read as (
    select *, {{ parse_date('tgl_salur') }} as paid_on
    from submitted
),

stated as (
    select
        submission_id, source_row, 'graduated' as indicator_code, cast(null as date) as observed_on,
        cast(null as double) as value_number, {{ decode_flag('graduasi_ya_tidak') }} as value_code,
        graduasi_ya_tidak as value_sent
    from read
    {% for indicator, column, months in turnovers %}
    union all
    select
        submission_id, source_row, '{{ indicator }}', {{ months_later('paid_on', months) }},
        case when {{ parse_amount(column) }} between 0 and 100000000 then cast({{ parse_amount(column) }} as double) / 1000 end,
        null, {{ column }}
    from read
    {% endfor %}
)

select
    'pena' as program,
    submission_id,
    source_row,
    concat(source_row, ':penerima') as source_record_id,
    indicator_code,
    observed_on,
    value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
