"""Program exports: receive, parse, check, quarantine and report back; pure Python, no orchestrator.

What belongs here: everything between a sender's file and `vault.submissions`. What does not: the
meaning of a column (dbt's staging models) and who a person is (`pipelines.identity`).
"""
