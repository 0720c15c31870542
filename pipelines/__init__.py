"""Lumbung: from the exports of social programs to one released warehouse."""
