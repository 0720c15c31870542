-- A fact names its person by a record of its own submission: where that record is linked, the
-- fact carries the same person and household; where the fact names none, it carries none.
{%- set facts = [
    ('benefits', 'benefit_id'), ('enrolments', 'enrolment_id'),
    ('observations', 'observation_id'), ('service_events', 'service_event_id')
] %}
{% for fact, key in facts %}
select '{{ fact }}' as table_name, f.{{ key }} as fact_id
from {{ ref(fact) }} as f
left join {{ ref('person_records') }} as r
    on r.submission_id = f.submission_id and r.source_record_id = f.source_record_id
where f.beneficiary_id is distinct from r.beneficiary_id
    or f.household_id is distinct from r.household_id
{{ 'union all' if not loop.last }}
{%- endfor %}
