{{ config(unique_key='budget_line_id') }}

-- Amounts as sent: spending is the sum since January, so months are never added up. Names of
-- agencies, activities and places stay in the vault; their codes pass. Repeats: a file believed more
-- (submission_order) of the same regency states the same line of the same month, or one file states
-- it twice with the same amounts. Two statements of one file that differ both stand.
with submissions as (
    {{ submission_order() }}
),

stated as (
    select
        b.*, s.sender_area_code, s.sender_regency, s.recency,
        -- A line without its fund is another line's copy if all else is the same and that names one fund.
        coalesce(b.fund_code, case when min(b.fund_code) over same_line = max(b.fund_code) over same_line then min(b.fund_code) over same_line end) as likely_fund
    from {{ ref('int_budget_lines') }} as b
    left join submissions as s on s.submission_id = b.submission_id
    window same_line as (
        partition by b.submission_id, b.month_on, b.agency_code, b.activity_code, b.activity_name, b.account_code, b.version_code,
            b.sent_area_code, b.sent_district, b.sent_village, b.ceiling_idr, b.realised_idr
    )
)

select
    {{ fact_id(['f.program', 'f.submission_id', 'f.source_record_id', 'f.line_no']) }} as budget_line_id,
    f.program,
    f.submission_id,
    f.source_row,
    f.source_record_id,
    f.program_code,
    f.agency_code,
    f.activity_code,
    f.account_code,
    f.fund_code,
    f.version_code,
    f.budget_year,
    f.month_on,
    f.ceiling_idr,
    f.realised_idr,
    f.month_on as valid_from,
    {{ last_day_of_month('f.month_on') }} as valid_to,
    a.area_code,
    a.area_level,
    a.method as area_method,
    a.current_area_code,
    (
        f.month_on is not null
        and f.recency > min(f.recency) over (
            partition by f.program, f.sender_regency, f.month_on, f.agency_code, f.activity_code, f.activity_name,
                f.account_code, f.fund_code, f.sent_area_code, f.sent_district, f.sent_village
        )
    )
    or row_number() over (
        partition by f.submission_id, f.month_on, f.agency_code, f.activity_code, f.activity_name, f.account_code, f.likely_fund,
            f.version_code, f.sent_area_code, f.sent_district, f.sent_village, f.ceiling_idr, f.realised_idr
        order by case when f.fund_code is null then 1 else 0 end, f.source_row, f.source_record_id, f.line_no
    ) > 1 as is_repeat
from stated as f
left join {{ ref('int_area_resolution') }} as a
    on a.area_key = {{ area_key('f.sender_area_code', 'f.sent_area_code', 'f.sent_district', 'f.sent_village') }}
