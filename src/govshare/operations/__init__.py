"""Private database, keys, health, first start (CD2016-33, 34)."""
