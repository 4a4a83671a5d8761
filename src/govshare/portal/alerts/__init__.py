"""异常取数: what the rules found in the log, the entries behind it, and what became of it."""
