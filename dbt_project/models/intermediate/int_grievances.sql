{{ config(materialized='ephemeral') }}
{{ union_records('grievances') }}
