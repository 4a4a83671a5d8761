"""Append-only Merkle-logged evidence and receipts; takes plain values, knows nobody (CD2016-26)."""
