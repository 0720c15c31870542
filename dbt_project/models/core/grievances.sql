{{ config(unique_key='grievance_id') }}

-- The words of a complaint, its tracking number and the agency's name as sent stay in the vault: a
-- tracking number leads to the words on a public page. Repeats: a file believed more
-- (submission_order) of the same program and regency states the same complaint, as a feed does when
-- its status changes; or one file states it twice, and the statement that tells the latest day counts.
with submissions as (
    {{ submission_order() }}
),

stated as (
    select
        g.*,
        s.period_from, s.period_to, s.sender_area_code, s.sender_regency, s.recency,
        row_number() over (partition by g.submission_id, g.source_record_id order by g.grievance_no) as statement_no,
        {{ day_near('g.received_on', 's.period_from', 3) }} as own_received_on,
        {{ day_near('g.followed_up_on', 's.period_from', 3) }} as own_followed_up_on,
        {{ day_near('g.closed_on', 's.period_from', 3) }} as own_closed_on,
        -- A complaint without a number is never taken for another.
        case
            when g.grievance_no = concat('row ', g.source_row) then concat(g.submission_id, ' ', g.grievance_no)
            else g.grievance_no
        end as grievance_key
    from {{ ref('int_grievances') }} as g
    left join submissions as s on s.submission_id = g.submission_id
)

select
    {{ fact_id(['f.program', 'f.submission_id', 'f.source_record_id', 'f.statement_no']) }} as grievance_id,
    f.program,
    f.submission_id,
    f.source_row,
    f.source_record_id,
    p.beneficiary_id,
    p.household_id,
    p.match_probability,
    f.category_code,
    f.agency_code,
    coalesce(f.status_code, 'unknown') as status_code,
    f.own_received_on as received_on,
    f.own_followed_up_on as followed_up_on,
    f.own_closed_on as closed_on,
    coalesce(f.own_received_on, f.period_from) as valid_from,
    f.own_closed_on as valid_to,
    a.area_code,
    a.area_level,
    a.method as area_method,
    a.current_area_code,
    f.recency > min(f.recency) over (partition by f.program, f.sender_regency, f.grievance_key)
    or row_number() over (
        partition by f.submission_id, f.grievance_key
        order by coalesce(f.own_closed_on, f.own_followed_up_on, f.own_received_on) desc nulls last, f.source_row, f.source_record_id
    ) > 1 as is_repeat
from stated as f
left join {{ ref('person_records') }} as p
    on p.submission_id = f.submission_id and p.source_record_id = f.source_record_id
left join {{ ref('int_area_resolution') }} as a
    on a.area_key = {{ area_key('f.sender_area_code', 'f.sent_area_code', 'f.sent_district', 'f.sent_village') }}
