"""The log's years: sealed segments in Parquet, their stores, the search over them, retention and disposal (CD2016-26)."""
