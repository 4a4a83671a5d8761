"""机构: who there is, city and districts, and how a body comes, is renamed, merged, split (PC-10)."""
