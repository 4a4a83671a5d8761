from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "govshare.archive"
    label = "archive"

    def ready(self) -> None:
        """What left the database is read from the archive."""
        from govshare.archive.reading import Shelf
        from govshare.audit import archived

        archived.stand_behind(Shelf())
