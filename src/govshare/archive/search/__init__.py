"""Search over what is hot (PostgreSQL) and what is sealed (Parquet), as one list: newest first, by place in the log."""
