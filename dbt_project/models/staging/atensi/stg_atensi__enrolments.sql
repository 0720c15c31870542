{{ config(unique_key=record_key('enrolments')) }}

-- A case from its assessment to its closing, in its category. A day more than a year before the
-- file is no day of the case (it may be a birth date in the wrong column).
with submitted as (
    {{ submitted('atensi') }}
),

read as (
    select
        *,
        case
            when {{ plain_words('status') }} in ('baru', 'proses', 'diproses', 'asesmen', 'intervensi', 'monitoring', 'dirujuk', 'rujukan') then 'active'
            when {{ plain_words('status') }} in ('terminasi', 'selesai', 'ditutup') then 'left'
            else 'unknown'
        end as status_code,
        {{ parse_date('tgl_asesmen') }} as assessed_on,
        {{ parse_date('tgl_terminasi') }} as ended_on,
        {{ listed_items('kategori_ppks') }} as items
    from submitted
),

-- A case has one category; of several the first by name.
categories as (
    select submission_id, source_row, min(code) as code
    from (
        {{ codes_of_items('read', 'items', atensi_categories() ~ ' union all ' ~ ppks_categories()) }}
    ) as found
    group by submission_id, source_row
)

select
    'atensi' as program,
    r.submission_id,
    r.source_row,
    concat(r.source_row, ':klien') as source_record_id,
    '1' as enrolment_no,
    'atensi' as program_code,
    r.status_code,
    c.code as component_code,
    cast(null as varchar) as unit_code,
    {{ parse_text('r.lembaga') }} as unit_name,
    case when r.assessed_on >= {{ months_later('r.period_from', -12) }} then r.assessed_on end as valid_from,
    case when r.status_code <> 'active' and r.ended_on >= {{ months_later('r.period_from', -12) }} then r.ended_on end as valid_to
from read as r
left join categories as c
    on c.submission_id = r.submission_id and c.source_row = r.source_row
