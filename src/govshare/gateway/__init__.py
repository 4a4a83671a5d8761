"""Answers machines that show a client certificate (CD2016-19, 24, 35)."""
