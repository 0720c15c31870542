{{ config(alias='area_resolution', unique_key='area_key') }}
{#
  Which area is meant by what was sent. Codes first, then names; a name decides only where one area
  of the sender's regency bears it, in whatever edition. What cannot be told is not guessed: the
  level says how far the area is known, and `unresolved_code` why it is no further.

  A village is followed through the editions, so that its old and new code are one village. A
  district name stands for all districts that its villages went to (Tampan: 14.71.08 and 14.71.13).
#}
with submissions as (
  select submission_id, area_code as sender_area_code
  from {{ source('quality', 'submissions') }}
),

statements as (
  {%- for model in ['int_persons', 'int_grievances', 'int_budget_lines', 'int_resources', 'int_area_observations'] %}
  select submission_id, sent_area_code, sent_district, sent_village
  from {{ ref(model) }}
  {{ 'union' if not loop.last }}
  {%- endfor %}
),

sent as (
  select distinct
    {{ area_key('submissions.sender_area_code', 'statements.sent_area_code', 'statements.sent_district', 'statements.sent_village') }} as area_key,
    submissions.sender_area_code,
    statements.sent_area_code,
    statements.sent_district,
    statements.sent_village
  from statements
  inner join submissions on statements.submission_id = submissions.submission_id
),

{# Names and codes are read once per distinct text. #}
district_keys as (
  select sent_district, {{ area_name_key('sent_district') }} as district_key
  from (select distinct sent_district from sent) as texts
),

village_keys as (
  select sent_village, {{ area_name_key('sent_village') }} as village_key
  from (select distinct sent_village from sent) as texts
),

code_texts as (
  select
    sent_area_code,
    {{ area_code_digits('sent_area_code') }} as digits,
    {{ area_name_key('sent_area_code') }} as code_name_key,
    sent_area_code like 'bps:%' as says_bps,
    {{ matches("trim(sent_area_code)", "[^0-9]*[0-9]{2}[.].*") }} as has_dots
  from (select distinct sent_area_code from sent where sent_area_code is not null) as texts
),

stated as (
  select
    sent.*,
    case when length(sent.sender_area_code) > 5 then substr(sent.sender_area_code, 1, 5) else sent.sender_area_code end
      as sender_anchor,
    district_keys.district_key,
    village_keys.village_key,
    code_texts.digits,
    {{ area_code_dotted('code_texts.digits') }} as dotted_code,
    case when length(code_texts.digits) in (3, 5, 9) then {{ area_code_dotted("code_texts.digits || '0'") }} end
      as restored_code,
    case when code_texts.digits is null and not code_texts.says_bps then code_texts.code_name_key end as code_name_key,
    coalesce(code_texts.says_bps, false) as says_bps,
    coalesce(code_texts.has_dots, false) as has_dots
  from sent
  left join district_keys on sent.sent_district = district_keys.sent_district
  left join village_keys on sent.sent_village = village_keys.sent_village
  left join code_texts on sent.sent_area_code = code_texts.sent_area_code
),

areas as (
  select * from {{ ref('int_area_editions') }}
),

newest as (
  select max(edition) as edition, max(cast(edition_no as integer)) as edition_no
  from {{ ref('area_edition_documents') }}
),

currents as (
  select * from {{ ref('int_area_current') }}
),

codes as (
  select area_code, level_code, max(last_edition_no) as last_edition_no
  from areas
  group by area_code, level_code
),

{# Every code that a regency has had: through its villages it is the same regency. #}
regency_codes as (
  select distinct
    regencies.area_code as regency_code,
    same.area_code as other_code
  from currents as regencies
  inner join currents as same on regencies.current_area_code = same.current_area_code
  where regencies.level_code = 'kabkota'
),

{# The regency codes that lie in a regency, a province or the nation. #}
anchor_scope as (
  select regency_code as anchor, other_code as regency_code from regency_codes
  union
  select {{ area_ancestor('regency_code', 'provinsi') }}, other_code from regency_codes
  union
  select '00', other_code from regency_codes
),

{# 1. What the code may mean, best reading first. #}
readings as (
  select
    stated.area_key,
    codes.area_code,
    case
      when in_scope.regency_code is not null then 1
      when stated.sender_anchor in ('00', codes.area_code) then 1
      else 4
    end as rank_no,
    case when stated.has_dots then 'code' else 'code_undotted' end as method
  from stated
  inner join codes on stated.dotted_code = codes.area_code
  left join anchor_scope as in_scope
    on stated.sender_anchor = in_scope.anchor and substr(codes.area_code, 1, 5) = in_scope.regency_code
  where not stated.says_bps

  union all

  {#
    A BPS code: said by the program, or because it leads into the sender's area while its first
    digits, read as Kemendagri's, lead elsewhere. Of the known pairs the finest counts.
  #}
  select
    stated.area_key,
    pairs.area_code,
    case when stated.says_bps then 1 else 2 end + 0.01 * (10 - length(pairs.other_code)) as rank_no,
    'bps_code' as method
  from stated
  inner join {{ ref('area_code_pairs') }} as pairs
    on pairs.scheme_code = 'bps' and length(stated.digits) in (4, 7, 10)
      and substr(stated.digits, 1, length(pairs.other_code)) = pairs.other_code
  left join anchor_scope as in_scope
    on stated.sender_anchor = in_scope.anchor and substr(pairs.area_code, 1, 5) = in_scope.regency_code
  left join anchor_scope as as_kemendagri
    on stated.sender_anchor = as_kemendagri.anchor
      and {{ area_code_dotted('substr(stated.digits, 1, 4)') }} = as_kemendagri.regency_code
  where stated.says_bps
    or (in_scope.regency_code is not null
      and (stated.digits = pairs.other_code or as_kemendagri.regency_code is null))

  union all

  {# A lost zero is put back only inside the sender's area, and not against the name. #}
  select
    stated.area_key,
    codes.area_code,
    3 as rank_no,
    'trailing_zero_restored' as method
  from stated
  inner join codes on stated.restored_code = codes.area_code
  inner join anchor_scope as in_scope
    on stated.sender_anchor = in_scope.anchor and substr(codes.area_code, 1, 5) = in_scope.regency_code
  where not stated.says_bps
    and (
      codes.level_code not in ('kecamatan', 'desa_kelurahan')
      or (codes.level_code = 'kecamatan' and stated.district_key is null)
      or (codes.level_code = 'desa_kelurahan' and stated.village_key is null)
      or exists (
        select 1 from areas as named
        where named.area_code = codes.area_code
          and named.name_key = case when codes.level_code = 'kecamatan' then stated.district_key else stated.village_key end))

  union all

  {# A province, a regency or the nation by its name where a code is asked for. #}
  select
    stated.area_key,
    areas.area_code,
    5 as rank_no,
    case when max(areas.last_edition_no) < max(newest.edition_no) then 'old_name' else 'name_in_sender_area' end as method
  from stated
  inner join areas on stated.code_name_key = areas.name_key and areas.level_code in ('negara', 'provinsi', 'kabkota')
  cross join newest
  left join anchor_scope as in_scope
    on stated.sender_anchor = in_scope.anchor and areas.regency_code = in_scope.regency_code
  where stated.sender_anchor = '00' or in_scope.regency_code is not null
  group by stated.area_key, areas.area_code
),

{# Two readings of the same rank contradict each other, and neither counts. #}
best_readings as (
  select
    readings.*,
    row_number() over (partition by area_key order by rank_no, area_code) as place_no,
    count(*) over (partition by area_key, rank_no) as same_rank_count
  from readings
),

coded as (
  select
    stated.*,
    best_readings.area_code as code_area_code,
    best_readings.method as code_method,
    best_readings.rank_no as code_rank,
    {{ area_level_of('best_readings.area_code') }} as code_level,
    case
      when length(best_readings.area_code) >= 5 then substr(best_readings.area_code, 1, 5)
      else stated.sender_anchor
    end as name_anchor
  from stated
  left join best_readings
    on stated.area_key = best_readings.area_key and best_readings.place_no = 1
      and best_readings.same_rank_count = 1
),

{# 2. The districts that are meant: by code, by name in any edition, or the sender's own. #}
district_meanings as (
  select coded.area_key, areas.area_code, areas.first_edition_no, areas.last_edition_no, 'code' as told_by
  from coded
  inner join areas on coded.code_area_code = areas.area_code
  where coded.code_level = 'kecamatan'
    {# Code and name together tell the edition: 14.71.08 with the name Tampan is the old district. #}
    and (
      coded.district_key is null or coded.district_key = areas.name_key
      or not exists (
        select 1 from areas as named
        where named.area_code = areas.area_code and named.name_key = coded.district_key))

  union all

  select coded.area_key, areas.area_code, areas.first_edition_no, areas.last_edition_no, 'name' as told_by
  from coded
  inner join anchor_scope on coded.name_anchor = anchor_scope.anchor
  inner join areas
    on areas.level_code = 'kecamatan' and coded.district_key = areas.name_key
      and areas.regency_code = anchor_scope.regency_code
  where coded.code_level is null or coded.code_level not in ('kecamatan', 'desa_kelurahan')

  union all

  select coded.area_key, areas.area_code, areas.first_edition_no, areas.last_edition_no, 'sender' as told_by
  from coded
  inner join areas on substr(coded.sender_area_code, 1, 8) = areas.area_code
  where areas.level_code = 'kecamatan' and coded.code_level is null and coded.district_key is null
),

district_names as (
  select
    district_meanings.*,
    max(last_edition_no) over (partition by area_key) as newest_edition_no
  from district_meanings
),

{# The newest meaning of the name stands for it, if it is one area. #}
districts as (
  select
    area_key,
    max(told_by) as told_by,
    max(case when last_edition_no = newest_edition_no then area_code end) as district_code,
    max(newest_edition_no) as district_edition_no,
    count(distinct case when last_edition_no = newest_edition_no then area_code end) as newest_count,
    count(distinct area_code) as meanings_count
  from district_names
  group by area_key
),

{# Today's districts of the villages of every meaning. #}
district_family as (
  select distinct
    district_meanings.area_key,
    currents.current_area_code as family_code
  from district_meanings
  inner join {{ ref('area_edition_documents') }} as editions
    on cast(editions.edition_no as integer)
      between district_meanings.first_edition_no and district_meanings.last_edition_no
  inner join currents
    on district_meanings.area_code = currents.area_code and currents.edition = editions.edition
  where currents.current_area_code is not null
  union
  select area_key, area_code from district_meanings
),

{# 3. The villages of that name in the regency, each one once whatever its codes have been. #}
villages as (
  select
    areas.area_code,
    areas.name_key,
    areas.regency_code,
    areas.last_edition_no,
    coalesce(currents.current_area_code, areas.area_code) as village_code
  from areas
  left join currents
    on areas.area_code = currents.area_code and areas.valid_to_edition = currents.edition
  where areas.level_code = 'desa_kelurahan'
),

village_meanings as (
  select
    coded.area_key,
    villages.village_code,
    max(villages.last_edition_no) as last_edition_no,
    max(case when district_family.family_code is not null then 1 else 0 end) as in_family
  from coded
  inner join anchor_scope on coded.name_anchor = anchor_scope.anchor
  inner join villages
    on coded.village_key = villages.name_key and villages.regency_code = anchor_scope.regency_code
  left join district_family
    on coded.area_key = district_family.area_key
      and {{ area_ancestor('villages.village_code', 'kecamatan') }} = district_family.family_code
  where coded.code_level is null or coded.code_level <> 'desa_kelurahan'
  group by coded.area_key, villages.village_code
),

village_choice as (
  select
    area_key,
    count(*) as in_regency_count,
    sum(in_family) as in_family_count,
    max(case when in_family = 1 then village_code end) as family_village_code,
    max(case when in_family = 1 then last_edition_no end) as family_edition_no,
    max(village_code) as regency_village_code,
    max(last_edition_no) as regency_edition_no
  from village_meanings
  group by area_key
),

sender_areas as (
  select area_code, level_code from codes
),

{# 4. The finest of these that holds. #}
decided as (
  select
    coded.*,
    districts.district_code,
    districts.newest_count,
    districts.meanings_count,
    village_choice.in_regency_count,
    village_choice.in_family_count,
    sender_areas.level_code as sender_level,
    case
      when coded.code_level = 'desa_kelurahan' then 'village_code'
      when village_choice.in_family_count = 1 then 'village_in_district'
      when village_choice.in_regency_count = 1 then 'village_in_regency'
      when coded.code_level = 'kecamatan' then 'district_code'
      when districts.newest_count = 1 and districts.told_by = 'name' then 'district_name'
      {# A code above the district counts if it says more than the sender's own area does. #}
      when coded.code_area_code is not null
        and (coded.code_rank >= 4 or length(coded.code_area_code) >= length(coded.sender_area_code)) then 'higher_code'
      {# What points elsewhere, or comes from a province or the nation, is not the sender's area. #}
      when coded.dotted_code is not null and coded.code_area_code is null
        and elsewhere.area_code is not null and in_scope.regency_code is null then 'unknown'
      when sender_areas.area_code is null then 'unknown'
      when sender_areas.level_code in ('negara', 'provinsi')
        and coalesce(coded.sent_area_code, coded.sent_district, coded.sent_village) is not null then 'unknown'
      else 'sender'
    end as decided_by,
    village_choice.family_village_code,
    village_choice.family_edition_no,
    village_choice.regency_village_code,
    village_choice.regency_edition_no,
    districts.district_edition_no,
    newest.edition_no as newest_edition_no
  from coded
  cross join newest
  left join districts on coded.area_key = districts.area_key
  left join village_choice on coded.area_key = village_choice.area_key
  left join sender_areas on coded.sender_area_code = sender_areas.area_code
  left join codes as elsewhere on substr(coded.dotted_code, 1, 5) = elsewhere.area_code
  left join anchor_scope as in_scope
    on coded.sender_anchor = in_scope.anchor and substr(coded.dotted_code, 1, 5) = in_scope.regency_code
),

resolved as (
  select
    decided.*,
    case decided_by
      when 'village_code' then code_area_code
      when 'village_in_district' then family_village_code
      when 'village_in_regency' then regency_village_code
      when 'district_code' then code_area_code
      when 'district_name' then district_code
      when 'higher_code' then code_area_code
      when 'sender' then sender_area_code
    end as area_code,
    case
      when decided_by in ('village_code', 'district_code', 'higher_code') then code_method
      when decided_by = 'village_in_district' and family_edition_no < newest_edition_no then 'old_name'
      when decided_by = 'village_in_district' then 'name_in_district'
      when decided_by = 'village_in_regency' and regency_edition_no < newest_edition_no then 'old_name'
      when decided_by = 'village_in_regency' then 'name_in_sender_area'
      when decided_by = 'district_name' and district_edition_no < newest_edition_no then 'old_name'
      when decided_by = 'district_name' then 'name_in_sender_area'
      when decided_by = 'sender' then 'sender_area'
      else 'unknown'
    end as method
  from decided
),

{# The edition in which the code had the name that was sent, else the newest in which it stood. #}
code_editions as (
  select
    resolved.area_key,
    coalesce(
      max(case
        when areas.name_key = case areas.level_code
          when 'desa_kelurahan' then resolved.village_key
          when 'kecamatan' then resolved.district_key
          else resolved.code_name_key
        end then areas.last_edition_no
      end),
      max(areas.last_edition_no)) as edition_no,
    max(case when areas.name_key = resolved.village_key or areas.name_key = resolved.district_key then 1 else 0 end) as is_name_of_code
  from resolved
  inner join areas on resolved.area_code = areas.area_code
  group by resolved.area_key
),

{# A village that was found by an older name is meant as it is now, not as it was called. #}
dated as (
  select
    resolved.*,
    code_editions.is_name_of_code,
    case
      when resolved.decided_by in ('village_in_district', 'village_in_regency') then codes.last_edition_no
      when resolved.decided_by = 'sender' then codes.last_edition_no
      else code_editions.edition_no
    end as edition_no
  from resolved
  left join code_editions on resolved.area_key = code_editions.area_key
  left join codes on resolved.area_code = codes.area_code
),

whole_currents as (
  select area_code, edition, max(current_area_code) as current_area_code
  from currents
  where current_area_code is not null
  group by area_code, edition
  having count(*) = 1
)

select
  dated.area_key,
  dated.sender_area_code,
  dated.sent_area_code,
  dated.sent_district,
  dated.sent_village,
  dated.area_code,
  editions.edition,
  {{ area_level_of('dated.area_code') }} as area_level,
  dated.method,
  case
    when dated.method = 'unknown' then 'unknown'
    when dated.decided_by = 'sender' then 'probable'
    when dated.decided_by = 'village_code'
      and (dated.code_rank > 2.5 or (dated.village_key is not null and dated.is_name_of_code = 0)) then 'probable'
    when dated.decided_by = 'district_code'
      and (dated.code_rank > 2.5 or (dated.district_key is not null and dated.is_name_of_code = 0)) then 'probable'
    when dated.decided_by = 'higher_code' and dated.code_rank = 4 then 'probable'
    {# The district that was sent says something else, or nothing that is known. #}
    when dated.decided_by = 'village_in_regency'
      and (dated.district_key is not null or dated.code_level = 'kecamatan') then 'probable'
    when dated.decided_by = 'district_name' and dated.meanings_count > 1 then 'probable'
    else 'certain'
  end as certainty,
  {# What was sent and told nothing: for counting, and for the answer to the sender. #}
  case
    when dated.area_code is null and dated.sender_level is null then 'sender_unknown'
    when coalesce(dated.sent_area_code, dated.sent_district, dated.sent_village) is null then 'nothing_sent'
    when {{ area_level_of('dated.area_code') }} = 'desa_kelurahan' then null
    when dated.in_regency_count > 1 then 'village_ambiguous'
    when dated.village_key is not null then 'village_not_found'
    when {{ area_level_of('dated.area_code') }} = 'kecamatan' then null
    when dated.newest_count > 1 then 'district_ambiguous'
    when dated.district_key is not null then 'district_not_found'
    when dated.sent_area_code is not null
      and (dated.code_area_code is null or length(dated.digits) > length(replace(dated.code_area_code, '.', '')) + 1)
      then 'code_not_found'
  end as unresolved_code,
  whole_currents.current_area_code
from dated
left join {{ ref('area_edition_documents') }} as editions
  on dated.edition_no = cast(editions.edition_no as integer)
left join whole_currents
  on dated.area_code = whole_currents.area_code and editions.edition = whole_currents.edition
