"""A log's tree may hash with SM3; the program says which in every checkpoint."""

from django.conf import settings
from django.db import migrations
from psycopg import sql

TREES = """
ALTER TABLE audit_checkpoint DROP CONSTRAINT audit_checkpoint_tree_check;
ALTER TABLE audit_checkpoint ALTER COLUMN tree DROP DEFAULT;
ALTER TABLE audit_checkpoint ADD CONSTRAINT audit_checkpoint_tree_check CHECK (tree IN ('rfc6962+sha256', 'rfc6962+sm3'));
"""


def take_rights(_apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(TREES)
        cursor.execute(sql.SQL("GRANT INSERT (tree) ON audit_checkpoint TO {}").format(sql.Identifier(settings.GOVSHARE_APP_ROLE)))


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_release")]
    operations = [migrations.RunPython(take_rights)]
