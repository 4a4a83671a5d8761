"""What release the tables are of, says their owner; the program only reads it."""

from django.conf import settings
from django.db import migrations
from psycopg import sql


def take_rights(_apps, schema_editor):
    if not settings.GOVSHARE_APP_ROLE:
        return
    with schema_editor.connection.cursor() as cursor:
        role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
        cursor.execute(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(role))


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_guards")]
    operations = [migrations.RunPython(take_rights, migrations.RunPython.noop)]
