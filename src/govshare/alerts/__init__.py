"""Unusual use 「异常取数」: rules over the evidence log, what they find, and what the audit administrator makes of it."""
