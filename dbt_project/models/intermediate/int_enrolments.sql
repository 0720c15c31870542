{{ config(materialized='ephemeral') }}
{{ union_records('enrolments') }}
