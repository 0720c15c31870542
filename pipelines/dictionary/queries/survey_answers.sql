SELECT program_code, unit_code, question_code, cast(valid_from AS date) AS round_from, count(*) AS answers,
    round(avg(answer_number), 2) AS answer_mean
FROM core.responses
WHERE NOT is_repeat
GROUP BY ALL
ORDER BY round_from DESC, unit_code, program_code, question_code
