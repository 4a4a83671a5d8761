"""Printable forms 「文书」 of entries, demands, grants and filings: built from the domain's queries, shown, printed, sent back sealed."""
