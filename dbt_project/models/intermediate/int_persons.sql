{{ config(alias='persons', unique_key=record_key('persons')) }}
{{ union_records('persons') }}
