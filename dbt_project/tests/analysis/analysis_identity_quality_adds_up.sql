-- Every record is linked or alone and stands in one cell of its level; intervals hold their estimate; no
-- answer, no estimate from answers.
select program, area_code from {{ ref('identity_quality') }}
where linked_count + alone_count <> records_count
    or in_review_count > records_count or decided_count > linked_count or people_in_review_count > people_count
    or (precision_share is null) <> (linked_count = 0)
    or not (precision_low_share <= precision_share and precision_share <= precision_high_share)
    or not (recall_low_share <= recall_share and recall_share <= recall_high_share)
    or (reviewed_precision_share is null) <> (reviewed_links_count = 0)
    or not (reviewed_precision_low_share <= reviewed_precision_share and reviewed_precision_share <= reviewed_precision_high_share)
    or (reviewed_recall_share is null) <> (reviewed_pairs_count = 0)
    or not (reviewed_recall_low_share <= reviewed_recall_share and reviewed_recall_share <= reviewed_recall_high_share)
union all
select 'records', cast(w.records_count as varchar)
from (select sum(records_count) as records_count from {{ ref('identity_quality') }} where area_code = '00' and program <> 'all') as w
where w.records_count <> (select count(*) from {{ ref('person_records') }})
union all
select 'all', cast(records_count as varchar)
from {{ ref('identity_quality') }}
where area_code = '00' and program = 'all' and records_count <> (select count(*) from {{ ref('person_records') }})
