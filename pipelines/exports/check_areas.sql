-- The area register on the check connection: every code and name of every edition, and the names
-- in a form to compare with (filled once the macros stand).
create table memory.main.reference_areas as
select code, replace(code, '.', '') as digits, level, parent_code, name, valid_from_edition, valid_to_edition
from read_parquet('{areas}');

create table memory.main.reference_area_names (
    regency_code varchar, level varchar, name_key varchar, full_key varchar
);
