"""Collects the portal's files under hashed names, each also compressed with gzip and Brotli."""

import json

from django.conf import settings
from django.core.management import call_command

from govshare.project import assets


def collect() -> bool:
    """True when anything was stale."""
    if assets.collected() and _same_files():
        return False
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles"],
        STATIC_URL=assets.URL,
        STATIC_ROOT=assets.BUILT,
        STATICFILES_DIRS=[assets.SOURCE],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STORAGES={"staticfiles": {"BACKEND": assets.COLLECTING}},
        WHITENOISE_KEEP_ONLY_HASHED_FILES=True,
    )
    import django

    django.setup()
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    return True


def _same_files() -> bool:
    manifest = json.loads(assets.MANIFEST.read_text("utf-8"))
    return set(manifest["paths"]) == {str(path.relative_to(assets.SOURCE)) for path in assets.SOURCE.rglob("*") if path.is_file()}
