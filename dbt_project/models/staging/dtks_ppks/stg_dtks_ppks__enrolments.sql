{{ config(unique_key=record_key('enrolments')) }}

-- In the register for the year, once for each category of the row; once without a category where
-- none is told.
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
)

select
    'dtks_ppks' as program,
    s.submission_id,
    s.source_row,
    concat(s.source_row, ':penerima') as source_record_id,
    coalesce(c.code, '1') as enrolment_no,
    'dtks_ppks' as program_code,
    'active' as status_code,
    c.code as component_code,
    cast(null as varchar) as unit_code,
    cast(null as varchar) as unit_name,
    s.period_from as valid_from,
    s.period_to as valid_to
from submitted as s
left join categories as c
    on c.submission_id = s.submission_id and c.source_row = s.source_row
