-- Drop-outs, help to the dead and transitions, added to the facts of compare.sql. Expects the truth
-- as the relations truth_dropouts, truth_deceased_paid and truth_transitions.
INSERT INTO compared_facts
SELECT DISTINCT 'truth', 'dropouts', d.period,
    concat_ws(' ', d.period, coalesce(p.beneficiary_id, 'unknown person ' || d.person_id))
FROM truth_dropouts AS d
LEFT JOIN compared_people AS p USING (person_id)
UNION ALL
SELECT DISTINCT 'found', 'dropouts', year(since_on) || 'S' || if(month(since_on) <= 6, 1, 2),
    concat_ws(' ', year(since_on) || 'S' || if(month(since_on) <= 6, 1, 2), beneficiary_id)
FROM warehouse.analysis.risk_list WHERE risk_code = 'possible_dropout'
UNION ALL
SELECT DISTINCT 'truth', 'deceased_paid', d.program,
    concat_ws(' ', d.program, coalesce(p.beneficiary_id, 'unknown person ' || d.person_id))
FROM truth_deceased_paid AS d
LEFT JOIN compared_people AS p USING (person_id)
UNION ALL
SELECT DISTINCT 'found', 'deceased_paid', program_code, concat_ws(' ', program_code, beneficiary_id)
FROM warehouse.analysis.risk_list WHERE risk_code = 'deceased_still_paid'
UNION ALL
SELECT DISTINCT 'truth', 'transitions', t.kind || ' ' || t.change,
    concat_ws(' ', t.program, t.period, CASE
        WHEN t.kind = 'school' THEN coalesce(p.beneficiary_id, 'unknown person ' || t.person_id)
        ELSE coalesce(h.household_id, 'unknown household ' || t.household_id)
    END)
FROM truth_transitions AS t
LEFT JOIN compared_people AS p USING (person_id)
LEFT JOIN compared_households AS h ON h.true_household_id = t.household_id
UNION ALL
SELECT DISTINCT 'found', 'transitions', kind_code || ' ' || change_code,
    concat_ws(' ', program_code, CASE
        WHEN kind_code = 'school' THEN year(to_on) || 'S' || if(month(to_on) <= 6, 1, 2)
        ELSE year(to_on) || 'Q' || quarter(to_on)
    END, subject_id)
FROM warehouse.analysis.transitions
WHERE program_code IN (SELECT program FROM truth_transitions);
