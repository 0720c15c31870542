"""Where exports come from: files, tables of databases and paged APIs, each in a module of its own.

`shelf` keeps what was received; the others bring it. None of them stops a program for the fault of
another, and none says what a secret is.
"""
