{{ config(materialized='ephemeral') }}
{{ union_records('service_events') }}
