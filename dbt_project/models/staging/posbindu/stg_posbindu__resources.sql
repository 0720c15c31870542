{{ config(unique_key=record_key('resources')) }}

-- The institutions whose volunteers helped on a day, once for each place, with the number of volunteers
-- that are told apart. A volunteer's name is no record: it comes without any number.
with submitted as (
    {{ submitted('posbindu') }}
),

read as (
    select
        *,
        {{ parse_text('lembaga_relawan') }} as institution,
        {{ parse_name('relawan') }} as volunteer,
        {{ parse_text('kode_desa') }} as area,
        {{ parse_date('tgl_kegiatan') }} as stated_on
    from submitted
),

dated as (
    -- A day far from the file's is no day of the activity.
    select *, case when stated_on between {{ months_later('period_from', -12) }} and {{ months_later('period_to', 12) }} then stated_on end as held_on
    from read
)

select
    'posbindu' as program,
    submission_id,
    min(source_row) as source_row,
    concat(min(source_row), ':lembaga') as source_record_id,
    '1' as resource_no,
    min({{ decode_volunteer_group('institution') }}) as kind_code,
    institution as resource_name,
    cast(nullif(count(distinct {{ plain_words('volunteer') }}), 0) as double) as quantity,
    held_on as valid_from,
    held_on as valid_to,
    min(area) as sent_area_code,
    cast(null as varchar) as sent_district,
    cast(null as varchar) as sent_village
from dated
where institution is not null
-- One village, its code with dots or without.
group by submission_id, institution, held_on, {{ replace_every('area', '[^0-9]', '') }}
