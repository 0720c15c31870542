"""Thin Dagster over the libraries: assets, checks, jobs, schedules, sensors."""
