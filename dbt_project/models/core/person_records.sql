{{ config(unique_key=['submission_id', 'source_record_id']) }}

-- Whom each record of a serving submission names: the only bridge from the vault's records to
-- core's facts. The joins are LEFT and on keys that are unique on their right side; the tests
-- compare the count with staging, so that a record can be neither lost nor doubled here.
select
    p.submission_id,
    p.source_record_id,
    p.program,
    cast(p.source_row as bigint) as source_row,
    p.role as role_code,
    l.beneficiary_id,
    l.household_id,
    cast(l.match_probability as double) as match_probability,
    l.method as link_method,
    coalesce({{ day_near('p.observed_on', 's.period_from', 10) }}, s.period_to) as stated_on,
    s.period_from as valid_from,
    s.period_to as valid_to,
    s.area_code as sender_area_code,
    a.area_code,
    a.area_level,
    a.method as area_method,
    a.certainty as area_certainty_code,
    a.current_area_code
from {{ ref('int_persons') }} as p
left join {{ source('quality', 'submissions') }} as s
    on s.submission_id = p.submission_id
left join {{ source('identity', 'record_links') }} as l
    on l.submission_id = p.submission_id
    and l.source_record_id = p.source_record_id
left join {{ ref('int_area_resolution') }} as a
    on a.area_key = {{ area_key('s.area_code', 'p.sent_area_code', 'p.sent_district', 'p.sent_village') }}
