{{ config(unique_key=['program', 'area_code']) }}

-- How well it is known who is who, by program and area; program 'all' and area '00' hold everything.
-- Precision: the chance that a linked record stands with its own person; recall: how many of a person's
-- records stand under one id. From the model: each link's weight as it is, and halved, because what
-- speaks for a link (card, address, parents) does not speak independently. Two people may be one as
-- likely as their pairs say on average, whole or halved; one with few records of whom a question waits is
-- the other or is not. From people: audits and answered questions.
-- Sums are of decimals: they do not depend on the order of the rows.
{% set record = [('program', 'varchar'), ('submission_id', 'varchar'), ('source_record_id', 'varchar')] %}
{% set two = [('program_a', 'varchar'), ('submission_id_a', 'varchar'), ('source_record_id_a', 'varchar'),
    ('program_b', 'varchar'), ('submission_id_b', 'varchar'), ('source_record_id_b', 'varchar')] %}
{% set log = two + [('export_id', 'varchar'), ('pair_id', 'varchar'), ('purpose', 'varchar'), ('reason_code', 'varchar'),
    ('stratum', 'varchar'), ('stratum_count', 'bigint'), ('records_count', 'bigint'), ('match_weight', 'double'),
    ('model_version', 'varchar'), ('exported_at', 'timestamp'), ('answer', 'varchar'), ('answered_at', 'timestamp')] %}
with entries as (
    -- What one list of one area says of a person, however often it says it: wrong once, wrong always.
    select
        p.program, coalesce(p.current_area_code, p.area_code, p.sender_area_code) as area_code, p.beneficiary_id,
        coalesce(r.evidence_id, concat(p.submission_id, '|', p.source_record_id)) as evidence_id,
        p.link_method, p.match_probability, count(*) as records_count
    from {{ ref('person_records') }} as p
    left join {{ if_there(source('identity', 'records'), record + [('evidence_id', 'varchar')]) }} as r
        on r.program = p.program and r.submission_id = p.submission_id and r.source_record_id = p.source_record_id
    group by 1, 2, 3, 4, 5, 6
),

said as (
    select evidence_id, min(beneficiary_id) as beneficiary_id from entries group by evidence_id
),

people as (
    select beneficiary_id, sum(records_count) as records_count from entries group by beneficiary_id
),

-- Questions that linking left for people, one per two people, and what people answered to such before.
queue as (
    select * from {{ if_there(source('identity', 'review_queue'), two + [('beneficiary_id_a', 'varchar'),
        ('beneficiary_id_b', 'varchar'), ('reason_code', 'varchar'), ('match_weight', 'double')]) }}
),

asked as (
    select
        least(beneficiary_id_a, beneficiary_id_b) as person_a, greatest(beneficiary_id_a, beneficiary_id_b) as person_b,
        min(reason_code) as reason_code, cast(floor(max(match_weight) / 4) as integer) as band, max(match_weight) as match_weight
    from queue
    group by 1, 2
),

doubted as (
    select distinct r.evidence_id
    from (
        select program_a as program, submission_id_a as submission_id, source_record_id_a as source_record_id from queue
        union all
        select program_b, submission_id_b, source_record_id_b from queue
    ) as q
    inner join {{ if_there(source('identity', 'records'), record + [('evidence_id', 'varchar')]) }} as r
        on r.program = q.program and r.submission_id = q.submission_id and r.source_record_id = q.source_record_id
),

logged as (
    select * from {{ if_there(source('identity', 'review_pairs'), log) }}
    where answer is not null
),

answered as (
    select reason_code, cast(floor(match_weight / 4) as integer) as band, case when answer = 'same' then 1 else 0 end as is_same
    from (
        select l.*, row_number() over (partition by pair_id order by answered_at desc, exported_at desc, export_id) as choice
        from logged as l
        where purpose = 'queue' and answer in ('same', 'different')
    ) as latest
    where choice = 1
),

answered_all as (
    select count(*) as pairs_count, avg(is_same) as same_share from answered
),

answered_bands as (
    select
        reason_code, band, same_share,
        {{ wilson('same_share', 'pairs_count', -1) }} as same_low_share, {{ wilson('same_share', 'pairs_count', 1) }} as same_high_share
    from (select reason_code, band, cast(count(*) as double) as pairs_count, avg(is_same) as same_share from answered group by reason_code, band) as b
),

apart as (
    select distinct least(a.beneficiary_id, b.beneficiary_id) as person_a, greatest(a.beneficiary_id, b.beneficiary_id) as person_b
    from {{ if_there(source('identity', 'decisions'), two + [('verdict', 'varchar'), ('withdrawn_at', 'timestamp')]) }} as d
    inner join {{ ref('person_records') }} as a
        on a.submission_id = d.submission_id_a and a.source_record_id = d.source_record_id_a
    inner join {{ ref('person_records') }} as b
        on b.submission_id = d.submission_id_b and b.source_record_id = d.source_record_id_b
    where d.verdict = 'different' and d.withdrawn_at is null
),

-- Pairs of people as all that was compared between them says it, by its average: where one of few words
-- is like two people at once, one pair says too much. Two who stand in one list are rarely one person:
-- each such list takes a bit.
compared as (
    select
        least(a.beneficiary_id, b.beneficiary_id) as person_a, greatest(a.beneficiary_id, b.beneficiary_id) as person_b,
        cast(sum(cast(p.weight as decimal(18, 6))) as double) / count(*) as weight
    from {{ if_there(source('identity', 'pairs'), [('a', 'varchar'), ('b', 'varchar'), ('weight', 'double')]) }} as p
    inner join said as a on a.evidence_id = p.a
    inner join said as b on b.evidence_id = p.b
    where a.beneficiary_id <> b.beneficiary_id
    group by 1, 2
),

-- Lists of each person side by side: a join on the list would pair everybody in it.
listed as (
    select beneficiary_id, {{ distinct_list('submission_id') }} as lists
    from {{ ref('person_records') }} group by beneficiary_id
),

paired as (
    select
        c0.person_a, c0.person_b, q.reason_code, q.band,
        q.person_a is not null as is_asked,
        least(coalesce(c1.weight, q.match_weight), case when q.person_a is null then 0 else 40 end) - {{ lists_shared_count('la.lists', 'lb.lists') }} as weight,
        -- Who has so few records is known too little for an average to tell.
        least(a.records_count, b.records_count) < 5 as is_slight
    from (
        select person_a, person_b from compared union select person_a, person_b from asked
    ) as c0
    left join compared as c1 on c1.person_a = c0.person_a and c1.person_b = c0.person_b
    left join asked as q on q.person_a = c0.person_a and q.person_b = c0.person_b
    left join apart as d on d.person_a = c0.person_a and d.person_b = c0.person_b
    inner join people as a on a.beneficiary_id = c0.person_a
    inner join people as b on b.beneficiary_id = c0.person_b
    inner join listed as la on la.beneficiary_id = c0.person_a
    inner join listed as lb on lb.beneficiary_id = c0.person_b
    where d.person_a is null
),

doubts as (
    select
        person_a, person_b, low_chance, high_chance, (low_chance + high_chance) / 2 as chance,
        case when is_asked then least(high_chance, coalesce(same_share, all_share)) else (low_chance + high_chance) / 2 end as reviewed_chance,
        case when is_asked then least(high_chance, coalesce(same_low_share, 0)) else low_chance end as reviewed_low_chance,
        case when is_asked then least(high_chance, coalesce(same_high_share, 1)) else high_chance end as reviewed_high_chance
    from (
        select
            p.person_a, p.person_b, p.is_asked, b.same_share, b.same_low_share, b.same_high_share, o.same_share as all_share,
            case when p.is_asked and p.is_slight then 0.0 else least({{ chance_of('p.weight') }}, {{ chance_of('p.weight / 2') }}) end as low_chance,
            case when p.is_asked and p.is_slight then 1.0 else greatest({{ chance_of('p.weight') }}, {{ chance_of('p.weight / 2') }}) end as high_chance
        from paired as p
        cross join answered_all as o
        left join answered_bands as b on b.reason_code = p.reason_code and b.band = p.band
    ) as x
),

-- Of each person: records that may be missing, because they stand under another id.
missing as (
    select
        d.person as beneficiary_id,
        {% for kind in ['', 'low_', 'high_', 'reviewed_', 'reviewed_low_', 'reviewed_high_'] -%}
        sum(cast(d.{{ kind }}chance * o.records_count as decimal(28, 9))) as {{ kind }}count{{ ',' if not loop.last }}
        {% endfor %}
    from (
        select person_a as person, person_b as other, * from doubts
        union all
        select person_b as person, person_a as other, * from doubts
    ) as d
    inner join people as o on o.beneficiary_id = d.other
    group by d.person
),

weighed as (
    select
        e.program, e.area_code, e.beneficiary_id, e.records_count,
        case when e.link_method <> 'alone' then e.records_count else 0 end as linked_count,
        case when e.link_method = 'alone' then e.records_count else 0 end as alone_count,
        case when e.link_method = 'decision' then e.records_count else 0 end as decided_count,
        case when v.evidence_id is not null then e.records_count else 0 end as in_review_count,
        q.beneficiary_id is not null as is_in_review,
        case when e.link_method <> 'alone' then cast(e.records_count * e.error as decimal(28, 12)) end as wrong_count,
        case when e.link_method <> 'alone' then cast(e.records_count * e.high_error as decimal(28, 12)) end as wrong_high_count,
        cast(case when e.link_method <> 'alone' then e.records_count * sqrt(e.error * (1 - e.error)) end as decimal(28, 12)) as deviation,
        cast(case when e.link_method <> 'alone' then e.records_count * sqrt(e.high_error * (1 - e.high_error)) end as decimal(28, 12)) as high_deviation,
        {% for kind in ['', 'low_', 'high_'] -%}
        cast(e.records_count * (p.records_count / (p.records_count + coalesce(m.{{ kind }}count, 0))) as decimal(28, 12)) as {{ kind }}found_count,
        cast(e.records_count * (p.records_count / (p.records_count + case when m.beneficiary_id is null then 0 else m.reviewed_{{ kind }}count end)) as decimal(28, 12)) as reviewed_{{ kind }}found_count,
        {% endfor -%}
        e.evidence_id
    from (
        -- Six digits are kept of a chance.
        select x.*, 1 - x.sure as error, {{ chance_of('-ln(x.sure / (1 - x.sure)) / ln(2.0) / 2') }} as high_error
        from (select e.*, least(greatest(e.match_probability, 0.000001), 0.9999995) as sure from entries as e) as x
    ) as e
    inner join people as p on p.beneficiary_id = e.beneficiary_id
    left join missing as m on m.beneficiary_id = e.beneficiary_id
    left join (select person_a as beneficiary_id from asked union select person_b from asked) as q
        on q.beneficiary_id = e.beneficiary_id
    left join doubted as v on v.evidence_id = e.evidence_id
),

levels as ({{ area_levels() }}
),

places as (
    select a.area_code, substr(a.area_code, 1, l.code_length) as cell_code
    from (select distinct area_code from entries where area_code <> '00') as a
    inner join levels as l on length(a.area_code) >= l.code_length
    union all
    select distinct area_code, '00' from entries
),

-- Errors about one person come together, those about two do not.
by_person as (
    select
        c.program, p.cell_code as area_code, e.beneficiary_id, e.is_in_review,
        {% for column in ['records', 'linked', 'alone', 'decided', 'in_review', 'wrong', 'wrong_high', 'found', 'low_found', 'high_found',
            'reviewed_found', 'reviewed_low_found', 'reviewed_high_found'] -%}
        sum(e.{{ column }}_count) as {{ column }}_count,
        {% endfor -%}
        cast(sum(e.deviation) as double) as deviation, cast(sum(e.high_deviation) as double) as high_deviation
    from weighed as e
    inner join places as p on p.area_code = e.area_code
    inner join (select distinct program as own, program from entries union all select distinct program, 'all' from entries) as c
        on c.own = e.program
    group by c.program, p.cell_code, e.beneficiary_id, e.is_in_review
),

cells as (
    select
        e.program, e.area_code, count(*) as people_count,
        count(case when e.is_in_review then 1 end) as people_in_review_count,
        {% for column in ['records', 'linked', 'alone', 'decided', 'in_review', 'wrong', 'wrong_high', 'found', 'low_found', 'high_found',
            'reviewed_found', 'reviewed_low_found', 'reviewed_high_found'] -%}
        cast(sum(e.{{ column }}_count) as double) as {{ column }}_count,
        {% endfor -%}
        {% for kind in ['low_', 'high_', 'reviewed_low_', 'reviewed_high_'] -%}
        sqrt(cast(sum(cast(cast(e.{{ kind }}found_count as double) * cast(e.records_count - e.{{ kind }}found_count as double) as decimal(28, 9))) as double)) as {{ kind }}found_deviation,
        {% endfor -%}
        sqrt(cast(sum(cast(e.deviation * e.deviation as decimal(28, 9))) as double)) as deviation,
        sqrt(cast(sum(cast(e.high_deviation * e.high_deviation as decimal(28, 9))) as double)) as high_deviation
    from by_person as e
    group by e.program, e.area_code
),

-- Audits: links drawn at random by stratum. An answer stands for the entries of its stratum that were
-- not drawn or not answered; each entry counts by its records.
audited as (
    select
        l.program_a as program, coalesce(p.current_area_code, p.area_code, p.sender_area_code, split_part(l.stratum, '|', 2)) as area_code,
        l.answer, case when l.answer = 'same' then 1 else 0 end as is_right,
        cast(l.stratum_count * l.records_count as double)
            / nullif(count(case when l.answer in ('same', 'different') then 1 end) over (partition by l.export_id, l.stratum), 0) as weight
    from logged as l
    left join {{ ref('person_records') }} as p
        on p.submission_id = l.submission_id_a and p.source_record_id = l.source_record_id_a
    where l.purpose = 'sample'
        -- Links of an earlier model are other links.
        and l.model_version = (select max(x.model_version) from logged as x
            where x.purpose = 'sample' and x.exported_at = (select max(y.exported_at) from logged as y where y.purpose = 'sample'))
),

audits as (
    select
        c.program, l.cell_code as area_code,
        count(case when a.answer in ('same', 'different') then 1 end) as links_count,
        count(case when a.answer = 'different' then 1 end) as wrong_count,
        count(case when a.answer = 'unknown' then 1 end) as unknown_count,
        cast(sum(case when a.answer in ('same', 'different') then cast(a.weight * a.is_right as decimal(28, 9)) end) as double)
            / nullif(cast(sum(case when a.answer in ('same', 'different') then cast(a.weight as decimal(28, 9)) end) as double), 0) as right_share,
        power(cast(sum(case when a.answer in ('same', 'different') then cast(a.weight as decimal(28, 9)) end) as double), 2)
            / nullif(cast(sum(case when a.answer in ('same', 'different') then cast(a.weight * a.weight as decimal(38, 9)) end) as double), 0) as effective_count
    from audited as a
    inner join places as l on l.area_code = a.area_code
    inner join (select distinct program as own, program from audited union all select distinct program, 'all' from audited) as c
        on c.own = a.program
    group by c.program, l.cell_code
)

select
    c.program,
    c.area_code,
    cast(c.records_count as bigint) as records_count,
    cast(c.linked_count as bigint) as linked_count,
    cast(c.alone_count as bigint) as alone_count,
    cast(c.in_review_count as bigint) as in_review_count,
    cast(c.decided_count as bigint) as decided_count,
    c.people_count,
    c.people_in_review_count,
    round(1 - c.wrong_count / nullif(c.linked_count, 0), 6) as precision_share,
    round(greatest(0, 1 - (c.wrong_high_count + 1.96 * c.high_deviation) / nullif(c.linked_count, 0)), 6) as precision_low_share,
    round(least(1, 1 - (c.wrong_count - 1.96 * c.deviation) / nullif(c.linked_count, 0)), 6) as precision_high_share,
    round(c.found_count / c.records_count, 6) as recall_share,
    round(greatest(0, (c.high_found_count - 1.96 * c.high_found_deviation) / c.records_count), 6) as recall_low_share,
    round(least(1, (c.low_found_count + 1.96 * c.low_found_deviation) / c.records_count), 6) as recall_high_share,
    coalesce(a.links_count, 0) as reviewed_links_count,
    coalesce(a.wrong_count, 0) as reviewed_links_wrong_count,
    coalesce(a.unknown_count, 0) as reviewed_links_unknown_count,
    round(a.right_share, 6) as reviewed_precision_share,
    round({{ wilson('a.right_share', 'a.effective_count', -1) }}, 6) as reviewed_precision_low_share,
    round({{ wilson('a.right_share', 'a.effective_count', 1) }}, 6) as reviewed_precision_high_share,
    o.pairs_count as reviewed_pairs_count,
    case when o.pairs_count > 0 then round(c.reviewed_found_count / c.records_count, 6) end as reviewed_recall_share,
    case when o.pairs_count > 0 then round(greatest(0, (c.reviewed_high_found_count - 1.96 * c.reviewed_high_found_deviation) / c.records_count), 6) end as reviewed_recall_low_share,
    case when o.pairs_count > 0 then round(least(1, (c.reviewed_low_found_count + 1.96 * c.reviewed_low_found_deviation) / c.records_count), 6) end as reviewed_recall_high_share,
    c.people_count < {{ var('small_number', 10) }} as is_small_number
from cells as c
cross join answered_all as o
left join audits as a on a.program = c.program and a.area_code = c.area_code
