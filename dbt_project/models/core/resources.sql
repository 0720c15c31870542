{{ config(unique_key='resource_id') }}

-- Facilities, organisations and volunteers by kind and place. A resource's name stays in the vault:
-- it may be a person's. Repeats: a file believed more (submission_order) of the same regency states
-- a resource of the same name, kind, place and time, or one file states it twice.
with submissions as (
    {{ submission_order() }}
),

stated as (
    select
        r.*,
        s.sender_area_code, s.sender_regency, s.recency,
        -- Of a day long before the period only the year: it may be a birth in the wrong column.
        coalesce({{ day_near('r.valid_from', 's.period_from') }}, cast(date_trunc('year', r.valid_from) as date), s.period_from) as own_from,
        coalesce(r.valid_to, s.period_to) as own_to
    from {{ ref('int_resources') }} as r
    left join submissions as s on s.submission_id = r.submission_id
)

select
    {{ fact_id(['f.program', 'f.submission_id', 'f.source_record_id', 'f.resource_no']) }} as resource_id,
    f.program,
    f.submission_id,
    f.source_row,
    f.source_record_id,
    f.kind_code,
    f.quantity,
    f.own_from as valid_from,
    f.own_to as valid_to,
    a.area_code,
    a.area_level,
    a.method as area_method,
    a.current_area_code,
    (
        f.resource_name is not null
        and f.recency > min(f.recency) over (
            partition by f.program, f.sender_regency, f.kind_code, f.resource_name, f.sent_area_code, f.sent_district,
                f.sent_village, f.own_from, f.own_to
        )
    )
    or row_number() over (
        partition by f.submission_id, f.kind_code, f.resource_name, f.quantity, f.sent_area_code, f.sent_district, f.sent_village,
            f.own_from, f.own_to,
            -- Without a name, rows of one file are different resources.
            case when f.resource_name is null then f.source_record_id end
        order by f.source_row, f.source_record_id, f.resource_no
    ) > 1 as is_repeat
from stated as f
left join {{ ref('int_area_resolution') }} as a
    on a.area_key = {{ area_key('f.sender_area_code', 'f.sent_area_code', 'f.sent_district', 'f.sent_village') }}
