"""Builds the small city through the platform's own services, one thing after another, and leaves alone what is there already."""
