SELECT s.from_edition, s.from_area_code, s.from_area_name, s.kind_code, s.to_edition, s.to_area_code, s.to_area_name,
    round(s.share, 2) AS share, s.villages_count, s.certainty_code
FROM core.area_succession AS s
WHERE s.from_area_code = '14.71.08' OR s.to_area_code = '14.71.08'
ORDER BY s.from_edition, s.to_area_code
