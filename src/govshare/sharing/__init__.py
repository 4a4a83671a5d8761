"""Demands, five-element check, decisions, grants; compiles a grant into an AccessPlan (CD2016-22, 25, 29, 31)."""
