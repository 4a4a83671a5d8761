"""A made-up city in working order."""
