SELECT program, title_id, title_en, description_id, description_en, owner, sector, government_level
FROM core.programs
ORDER BY program
