"""Reading and writing PostgreSQL- and MySQL-family databases: value types, one package per engine; no Django models (CD2016-12, 40)."""

from govshare.connectors.values import Column, Condition, Operator, Probe, Selection, Table, TableColumn, Treatment, Value

__all__ = ["Column", "Condition", "Operator", "Probe", "Selection", "Table", "TableColumn", "Treatment", "Value"]
