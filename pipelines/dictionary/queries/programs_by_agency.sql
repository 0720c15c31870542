SELECT owner, government_level, sector, count(*) AS programs, string_agg(title_en, '; ' ORDER BY program) AS titles
FROM core.programs
GROUP BY ALL
ORDER BY owner, government_level, sector
