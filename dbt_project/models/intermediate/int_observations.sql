{{ config(materialized='ephemeral') }}
{{ union_records('observations') }}
