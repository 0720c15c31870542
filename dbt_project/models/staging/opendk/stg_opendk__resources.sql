{{ config(unique_key=record_key('resources')) }}

-- Facilities of a village, as many as the row says. The kind is told by the name, or else by the
-- category; a row that tells no village is no resource of any.
with submitted as (
    {{ submitted('opendk') }}
)

select
    'opendk' as program,
    submission_id,
    source_row,
    concat(source_row, ':', source_part) as source_record_id,
    '1' as resource_no,
    coalesce(nullif({{ decode_facility('nama') }}, 'other'), {{ decode_facility_kind('kategori') }}, {{ other_if_told('nama') }}) as kind_code,
    {{ parse_text('nama') }} as resource_name,
    {{ parse_number('jumlah') }} as quantity,
    period_from as valid_from,
    period_to as valid_to,
    {{ as_sent('desa_id') }} as sent_area_code,
    cast(null as varchar) as sent_district,
    cast(null as varchar) as sent_village
from submitted
where source_part = 'sarana' and {{ parse_text('desa_id') }} is not null
