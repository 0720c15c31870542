{{ config(materialized='ephemeral') }}
{{ union_records('benefits') }}
