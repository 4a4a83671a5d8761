"""The category tree and the first legal grounds of a new platform, as catalog/seed.py has them."""

from django.db import migrations

from govshare.catalog import seed
from govshare.kernel.clock import utc_now


def plant(apps, _schema_editor):
    now = utc_now()
    node = apps.get_model("catalog", "Node")
    planted = {}
    for code, name, parent in seed.nodes():
        planted[code] = node.objects.create(code=code, name=name, parent=planted.get(parent), created_at=now, created_by="platform")
    ground = apps.get_model("catalog", "LegalGround")
    names = ("title", "issuer", "number", "article", "text", "kind", "allows")
    for row in seed.GROUNDS:
        ground.objects.create(**dict(zip(names, row, strict=True)), added_at=now, added_by="platform")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_guards")]

    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
