"""Settings, urls, asgi: knows everyone, nobody imports it."""
