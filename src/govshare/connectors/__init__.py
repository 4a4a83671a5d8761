"""Reading and writing PostgreSQL-family databases: value types, one renderer per dialect; no Django models (CD2016-12, 40)."""

from govshare.connectors.values import Column, Condition, Operator, Probe, Selection, Table, TableColumn, Treatment, Value

__all__ = ["Column", "Condition", "Operator", "Probe", "Selection", "Table", "TableColumn", "Treatment", "Value"]
