{{ config(unique_key=record_key('observations')) }}

-- Kind of disability, and each category of the row as a fact of its own. A category that a row does
-- not name is not denied: it may stand on another row. The register speaks of its year and gives no
-- day: observed_on is NULL.
with submitted as (
    {{ submitted('dtks_ppks') }}
),

-- One category has a comma in its own name.
listed as (
    select
        *,
        {{ listed_items(replace_every('lower(kriteria_ppks)', 'gelandangan *, *pengemis', 'gelandangan pengemis')) }} as items
    from submitted
),

categories as (
    {{ codes_of_items('listed', 'items', ppks_categories()) }}
),

stated as (
    select
        submission_id, source_row, 'disability' as indicator_code,
        {{ decode_disability('keterangan_disabilitas') }} as value_code,
        keterangan_disabilitas as value_sent
    from submitted
    union all
    select c.submission_id, c.source_row, concat('ppks_', c.code), 'yes', l.kriteria_ppks
    from categories as c
    inner join listed as l
        on l.submission_id = c.submission_id and l.source_row = c.source_row
)

select
    'dtks_ppks' as program,
    submission_id,
    source_row,
    concat(source_row, ':penerima') as source_record_id,
    indicator_code,
    cast(null as date) as observed_on,
    cast(null as double) as value_number,
    value_code,
    {{ as_sent('value_sent') }} as value_sent
from stated
