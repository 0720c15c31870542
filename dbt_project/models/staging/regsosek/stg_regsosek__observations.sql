{{ config(unique_key=record_key('observations')) }}

-- Deciles, work, school and the dwelling, as the census tells of each person; it gives no day:
-- observed_on is NULL. Deciles of the census are not those of DTSEN (`desil`).
with submitted as (
    {{ submitted('regsosek') }}
),

stated as (
    select
        submission_id, source_row, 'desil_nasional' as indicator_code,
        {{ decode_decile('desil_nasional') }} as value_number,
        cast(null as varchar) as value_code,
        desil_nasional as value_sent
    from submitted
    union all
    select submission_id, source_row, 'desil_kabkota', {{ decode_decile('desil_kabkota') }}, null, desil_kabkota
    from submitted
    union all
    select submission_id, source_row, 'working', null, {{ decode_working('status_bekerja') }}, status_bekerja
    from submitted
    union all
    select submission_id, source_row, 'school_participation', null, {{ decode_school_participation('partisipasi_sekolah') }}, partisipasi_sekolah
    from submitted
    union all
    select submission_id, source_row, 'floor_material', null, {{ decode_floor('jenis_lantai') }}, jenis_lantai
    from submitted
    union all
    select submission_id, source_row, 'wall_material', null, {{ decode_wall('jenis_dinding') }}, jenis_dinding
    from submitted
    union all
    select submission_id, source_row, 'drinking_water', null, {{ decode_water('sumber_air') }}, sumber_air
    from submitted
    union all
    select submission_id, source_row, 'toilet', null, {{ decode_toilet('sanitasi') }}, sanitasi
    from submitted
)

select
    'regsosek' as program,
    submission_id,
    source_row,
    concat(source_row, ':individu') as source_record_id,
    indicator_code,
    cast(null as date) as observed_on,
    value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
