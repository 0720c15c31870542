"""Who is who: numbers and names read, records linked, permanent ids kept."""
