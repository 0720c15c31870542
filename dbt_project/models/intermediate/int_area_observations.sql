{{ config(materialized='ephemeral') }}
{{ union_records('area_observations') }}
