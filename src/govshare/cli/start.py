"""How a command gets its settings: from the environment, said in a sentence when something is missing."""

import os


def use_django() -> None:
    """Configure settings from the environment, logs, and load the rooms."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govshare.project.settings")
    import django

    from govshare.project.logs import configure

    configure()
    django.setup()
