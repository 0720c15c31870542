{{ config(materialized='ephemeral') }}
{{ union_records('resources') }}
