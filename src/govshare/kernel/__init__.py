"""What every room speaks: workflow tables, refusals, actors, roles, ids, clock, keys. No tables, no I/O but the key files."""
