"""Append-only, Merkle-logged evidence and its receipts (CD2016-26). Takes plain values, knows nobody."""
