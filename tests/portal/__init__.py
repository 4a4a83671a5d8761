"""The Chinese site."""
