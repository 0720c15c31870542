{{ config(unique_key=record_key('service_events')) }}

-- What the posyandu did for the child on that visit. No event where the cell says none or is
-- blank: which of the two it was stands in the observations.
with submitted as (
    {{ submitted('eppgbm') }}
),

read as (
    select
        *,
        {{ parse_date('tanggal_pengukuran') }} as measured_on,
        {{ parse_number('berat') }} as weight,
        {{ parse_number('tinggi') }} as height,
        {{ parse_number('pmt_diterima_kg') }} as food_kg,
        {{ parse_number('jml_vit_a') }} as vitamin_a_count
    from submitted
),

happened as (
    select
        submission_id, source_row, posyandu, measured_on, 'growth_measurement' as service_code,
        cast(null as double) as quantity, cast(null as varchar) as unit_code
    from read
    where measured_on is not null or weight is not null or height is not null
    union all
    select submission_id, source_row, posyandu, measured_on, 'supplementary_food', food_kg, 'kg'
    from read
    where food_kg > 0
    union all
    select submission_id, source_row, posyandu, measured_on, 'vitamin_a', vitamin_a_count, 'dose'
    from read
    where vitamin_a_count > 0
    union all
    select submission_id, source_row, posyandu, measured_on, 'development_screening', null, null
    from read
    where {{ decode_screening('kpsp') }} <> 'not_screened'
    {% for service, column in [('parenting_class', 'kelas_ibu_balita'), ('free_nutritious_meal', 'mbg')] %}
    union all
    select submission_id, source_row, posyandu, measured_on, '{{ service }}', null, null
    from read
    where {{ decode_flag(column) }} = 'yes'
    {% endfor %}
)

select
    'eppgbm' as program,
    submission_id,
    source_row,
    concat(source_row, ':anak') as source_record_id,
    service_code as event_no,
    service_code,
    {{ parse_text('posyandu') }} as provider_name,
    'posyandu' as provider_kind_code,
    measured_on as happened_on,
    quantity,
    unit_code
from happened
