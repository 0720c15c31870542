{{ config(unique_key='area_observation_id') }}

-- A figure is given as it was sent. One outside the indicator's valid range is marked, not put
-- right: nobody here knows what was meant. Repeats: a file that is believed more states the same
-- figure again (submission_order), or one file states it twice. A figure whose own area cannot be
-- told is of no area: it is never taken for one of the sender's, of which it is a part.
{%- set own_area = "coalesce(resolution.unresolved_code, 'nothing_sent') = 'nothing_sent'" %}
with stated as (
  select * from {{ ref('int_area_observations') }}
),

submissions as (
  {{ submission_order() }}
),

resolution as (
  select * from {{ ref('int_area_resolution') }}
),

indicators as (
  select * from {{ ref('indicators') }}
),

editions as (
  -- What is older than the first edition is told in it: there is none before.
  select
    edition,
    case when edition = min(edition) over () then date '1945-08-17' else valid_from end as valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to
  from {{ ref('area_edition_documents') }}
),

areas as (
  select area_code, valid_from_edition, valid_to_edition
  from {{ ref('areas') }}
),

whole_currents as (
  select area_code, edition, max(current_area_code) as current_area_code
  from {{ ref('int_area_current') }}
  where current_area_code is not null
  group by area_code, edition
  having count(*) = 1
),

placed as (
  select
    stated.*,
    submissions.recency,
    coalesce(stated.period_from, submissions.period_from) as valid_from,
    coalesce(stated.period_to, submissions.period_to) as valid_to,
    case when {{ own_area }} then resolution.area_code end as area_code,
    resolution.edition as newest_edition,
    case when {{ own_area }} then resolution.area_level end as area_level,
    case when {{ own_area }} then resolution.method else 'unknown' end as area_method,
    case when {{ own_area }} then resolution.certainty else 'unknown' end as area_certainty,
    -- Areas that cannot be told are never taken for one another.
    coalesce(
      case when {{ own_area }} then resolution.area_code end,
      stated.submission_id || ':' || stated.source_record_id
    ) as area_or_record,
    indicators.source,
    indicators.valid_min,
    indicators.valid_max
  from stated
  left join submissions on stated.submission_id = submissions.submission_id
  left join resolution
    on resolution.area_key
      = {{ area_key('submissions.sender_area_code', 'stated.sent_area_code', 'stated.sent_district', 'stated.sent_village') }}
  left join indicators on stated.indicator_code = indicators.indicator_code
)
,

-- A figure of 2015 speaks of the area of 2015, though the code may stand to this day: Papua was
-- then six times as large. The edition is the one in force at the end of the figure's period,
-- if the area bore its name in it.
dated as (
  select
    placed.*,
    coalesce(editions.edition, placed.newest_edition) as area_edition
  from placed
  left join areas
    on placed.area_code = areas.area_code
      and placed.newest_edition between areas.valid_from_edition and areas.valid_to_edition
  left join editions
    on placed.valid_to between editions.valid_from and editions.valid_to
      and editions.edition between areas.valid_from_edition and areas.valid_to_edition
)

select
  {{ fact_id(['program', 'submission_id', 'source_record_id', 'indicator_code', 'dimension_code']) }} as area_observation_id,
  program,
  submission_id,
  source_row,
  source_record_id,
  dated.area_code,
  dated.area_edition,
  area_level,
  area_method,
  area_certainty,
  whole_currents.current_area_code,
  indicator_code,
  dimension_code,
  source,
  valid_from,
  valid_to,
  cast(extract(year from valid_from) as integer) as reference_year,
  value_number,
  -- Only what looks like a figure or a mark, and is no number as long as a telephone's or a
  -- person's: anything else stays in the vault.
  case
    when {{ matches('value_sent', '(Rp|rp|RP)?[0-9 .,:%…–—-]{1,30}') }}
      and length({{ replace_every('value_sent', '[^0-9]', '') }}) < 10 then value_sent
  end as value_sent,
  missing_reason,
  case
    when value_number is null then 'missing'
    when value_number < valid_min or value_number > valid_max then 'implausible'
    else 'plausible'
  end as quality_code,
  recency > min(recency) over (
    partition by program, area_or_record, indicator_code, dimension_code, valid_from, valid_to
  )
  or row_number() over (
    partition by submission_id, area_or_record, indicator_code, dimension_code, valid_from, valid_to, value_number,
      -- Of things that no list has, two may have one figure.
      case when dimension_code = 'other' then source_record_id end
    order by source_row, source_record_id
  ) > 1 as is_repeat
from dated
left join whole_currents
  on dated.area_code = whole_currents.area_code and dated.area_edition = whole_currents.edition
