"""Choices with labels, re-exported so that rules need nothing else from Django."""

from django.db.models import TextChoices

__all__ = ["TextChoices"]
