{{ config(unique_key=record_key('observations')) }}

-- The group of each client, on the day of the assessment where it is told. `other` is a word that
-- no list has.
with submitted as (
    {{ submitted('atensi') }}
),

listed as (
    select *, {{ listed_items('kategori_ppks') }} as items
    from submitted
),

found as (
    {{ codes_of_items('listed', 'items', atensi_categories() ~ ' union all ' ~ ppks_categories()) }}
),

categories as (
    select submission_id, source_row, min(code) as code
    from found
    group by submission_id, source_row
)

select
    'atensi' as program,
    s.submission_id,
    s.source_row,
    concat(s.source_row, ':klien') as source_record_id,
    'rehabilitation_group' as indicator_code,
    {{ parse_date('s.tgl_asesmen') }} as observed_on,
    cast(null as double) as value_number,
    c.code as value_code,
    {{ as_sent('s.kategori_ppks') }} as value_sent
from submitted as s
left join categories as c
    on c.submission_id = s.submission_id and c.source_row = s.source_row
