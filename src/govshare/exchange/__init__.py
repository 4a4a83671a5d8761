"""Moves tables between front-end databases exactly once, with receipts (CD2016-12, 24, 40)."""
