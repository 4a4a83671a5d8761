"""Signing in and out, and the post one acts in."""
