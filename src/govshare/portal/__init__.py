"""The Chinese site: the only HTML of the platform. Pages call the very same services as the machine API."""
