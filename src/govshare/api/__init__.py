"""The machine API under /api/v1 (CD2016-14, 24, 25)."""
