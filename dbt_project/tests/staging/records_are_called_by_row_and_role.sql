{# A record's name is its row and its declared role, so that no text of a cell hides in a key. #}
select program, submission_id, source_row
from {{ ref('int_persons') }}
where source_record_id is distinct from concat(source_row, ':', role) or role is null or role = 'other'
