"""Collects the portal's files under hashed names, each also compressed with gzip and Brotli."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from govshare.project import assets


def collect(source: Path = assets.SOURCE, built: Path = assets.BUILT) -> bool:
    """True when anything was stale. Once in a process: it has settings of its own, and needs no database."""
    if assets.collected(source, built):
        return False
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles"],
        STATIC_URL=assets.URL,
        STATIC_ROOT=built,
        STATICFILES_DIRS=[source],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STORAGES={"staticfiles": {"BACKEND": assets.COLLECTING}},
        WHITENOISE_KEEP_ONLY_HASHED_FILES=True,
    )
    import django

    django.setup()
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    return True
