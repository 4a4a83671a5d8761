"""Registered front-end databases, their accounts, tests and schemas (CD2016-12, 19, 40)."""
