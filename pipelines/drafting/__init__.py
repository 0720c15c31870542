"""Drafts a new program from samples of its export, and tells what a draft still lacks.

Pure Python over the readers and checks of `pipelines.exports`; no orchestrator. What a person wrote
never leaves the sample: drafts hold headers, counts and closed lists, nothing else.
"""
