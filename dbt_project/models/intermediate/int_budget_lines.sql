{{ config(materialized='ephemeral') }}
{{ union_records('budget_lines') }}
