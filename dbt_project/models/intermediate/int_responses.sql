{{ config(materialized='ephemeral') }}
{{ union_records('responses') }}
