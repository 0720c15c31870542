{{ config(unique_key=record_key('service_events')) }}

-- Vaccinations with their day and place, and deliveries with who attended them. Antenatal visits come as
-- a number of visits so far, without days: one event of so many visits to date.
with submitted as (
    {{ submitted('kia') }}
),

read as (
    select
        *,
        {{ parse_date('tgl_vaksin') }} as vaccinated_on,
        {{ parse_date('tgl_persalinan') }} as delivered_on,
        {{ parse_integer('kunjungan_anc') }} as visits,
        {{ decode_vaccine('vaksin') }} as vaccine
    from submitted
),

happened as (
    select
        submission_id, source_row, 'anak' as role, concat('vaccine_', vaccine) as service_code,
        {{ parse_text('tempat_layanan') }} as provider_name,
        {{ decode_service_place('tempat_layanan') }} as provider_kind_code,
        vaccinated_on as happened_on, cast(1 as double) as quantity, 'dose' as unit_code
    from read
    where source_part = 'imunisasi' and vaccine is not null
    union all
    select submission_id, source_row, 'ibu', 'antenatal_care', null, null, null, visits, 'visits_to_date'
    from read
    where source_part = 'ibu_hamil' and visits > 0
    union all
    select
        submission_id, source_row, 'ibu', 'delivery',
        {{ parse_text('penolong') }}, {{ decode_birth_attendant('penolong') }}, delivered_on, null, null
    from read
    where source_part = 'ibu_hamil' and delivered_on <= period_to
)

select
    'kia' as program,
    submission_id,
    source_row,
    concat(source_row, ':', role) as source_record_id,
    service_code as event_no,
    service_code,
    provider_name,
    provider_kind_code,
    happened_on,
    quantity,
    unit_code
from happened
