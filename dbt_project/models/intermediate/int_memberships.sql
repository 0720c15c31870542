{{ config(materialized='ephemeral') }}
{{ union_records('memberships') }}
