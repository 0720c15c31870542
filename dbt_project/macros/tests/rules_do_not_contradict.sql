{#
  Of dated rules about one thing (`keys`; unknown is a value of its own) only one is in force on any
  day, and none ends before it begins. With `gapless`, no day between two of them is without a rule.
#}
{% test rules_do_not_contradict(model, keys, gapless=false) %}
select rule_id, valid_from, valid_to
from (
    select
        rule_id, valid_from, valid_to,
        lag(coalesce(valid_to, date '9999-12-31')) over (
            partition by {{ keys | join(', ') }} order by valid_from, rule_id
        ) as before_to
    from {{ model }}
) as dated
where valid_to < valid_from
    or valid_from <= before_to
    {%- if gapless %} or valid_from > before_to + interval 1 day{% endif %}
{% endtest %}
