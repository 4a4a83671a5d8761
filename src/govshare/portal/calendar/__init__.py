"""工作日历: which days count, which years are announced, how far a term runs, what moved."""
