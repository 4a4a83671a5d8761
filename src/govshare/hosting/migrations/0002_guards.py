"""What must always be true of hosted tables, uploads and acts, said by PostgreSQL."""

from django.conf import settings
from django.db import migrations
from psycopg import sql

FORWARD = """
CREATE FUNCTION hosting_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER hosting_table_fixed BEFORE UPDATE ON hosting_hosted_table FOR EACH ROW
    WHEN ((OLD.id, OLD.space_id, OLD.entry_id, OLD.name, OLD.made_at, OLD.made_by)
          IS DISTINCT FROM (NEW.id, NEW.space_id, NEW.entry_id, NEW.name, NEW.made_at, NEW.made_by)
          OR NEW.version < OLD.version OR OLD.removed_at IS NOT NULL)
    EXECUTE FUNCTION hosting_refuse('what a table was made from does not change, and a removed one stays as it was');

CREATE TRIGGER hosting_upload_fixed BEFORE UPDATE ON hosting_upload FOR EACH ROW
    WHEN ((OLD.id, OLD.table_id, OLD.file_name, OLD.file_digest, OLD.version, OLD.good, OLD.bad, OLD.uploaded_at, OLD.uploaded_by)
          IS DISTINCT FROM
          (NEW.id, NEW.table_id, NEW.file_name, NEW.file_digest, NEW.version, NEW.good, NEW.bad, NEW.uploaded_at, NEW.uploaded_by)
          OR OLD.status IN ('applied', 'discarded'))
    EXECUTE FUNCTION hosting_refuse('what was uploaded does not change, and what was decided stays so');
"""

BACKWARD = "DROP FUNCTION hosting_refuse CASCADE"

KEPT = {
    "hosting_space": ("UPDATE", "DELETE"),
    "hosting_hosted_table": ("DELETE",),
    "hosting_upload": ("DELETE",),
    "hosting_act": ("UPDATE", "DELETE"),
}


def guard(_apps, schema_editor):
    """Refuse by trigger whoever asks, and take the right from the program besides."""
    execute = schema_editor.connection.cursor().execute
    for table, verbs in KEPT.items():
        names = {"table": sql.Identifier(table), "verbs": sql.SQL(" OR ").join(map(sql.SQL, verbs))}
        row = sql.SQL(
            "CREATE TRIGGER hosting_kept BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION hosting_refuse('history is kept')"
        )
        whole = sql.SQL("CREATE TRIGGER hosting_kept_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION hosting_refuse('history is kept')")
        execute(row.format(**names))
        execute(whole.format(**names))
        if settings.GOVSHARE_APP_ROLE:
            rights = sql.SQL(", ").join(map(sql.SQL, verbs))
            role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
            execute(sql.SQL("REVOKE {}, TRUNCATE ON {} FROM {}").format(rights, sql.Identifier(table), role))


class Migration(migrations.Migration):
    dependencies = [("hosting", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(guard, migrations.RunPython.noop)]
