"""Departments, people, appointments, certificates, sessions, filings (CD2016-15, 29.2, 35)."""
