{{ config(materialized='ephemeral') }}
{{ union_records('referrals') }}
