"""Reading and writing PostgreSQL-family databases: value types, one renderer per dialect; no Django models (CD2016-12, 40)."""
