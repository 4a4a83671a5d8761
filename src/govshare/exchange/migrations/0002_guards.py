"""What must always be true of transfers, runs and chunks, said by PostgreSQL."""

from django.conf import settings
from django.db import migrations
from psycopg import sql

FORWARD = """
CREATE FUNCTION exchange_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER exchange_transfer_fixed BEFORE UPDATE ON exchange_transfer FOR EACH ROW
    WHEN ((OLD.id, OLD.number, OLD.grant_id, OLD.provider_id, OLD.recipient_id, OLD.target_id, OLD."table", OLD.mode, OLD.ordered_at, OLD.ordered_by)
          IS DISTINCT FROM
          (NEW.id, NEW.number, NEW.grant_id, NEW.provider_id, NEW.recipient_id, NEW.target_id, NEW."table", NEW.mode, NEW.ordered_at, NEW.ordered_by)
          OR OLD.status = 'closed')
    EXECUTE FUNCTION exchange_refuse('what was ordered does not change; close it and order anew');

CREATE TRIGGER exchange_run_fixed BEFORE UPDATE ON exchange_run FOR EACH ROW
    WHEN ((OLD.id, OLD.transfer_id, OLD.number, OLD.requested_at, OLD.requested_by, OLD.start_receipt)
          IS DISTINCT FROM (NEW.id, NEW.transfer_id, NEW.number, NEW.requested_at, NEW.requested_by, NEW.start_receipt)
          OR NEW.token < OLD.token OR NEW.attempt < OLD.attempt)
    EXECUTE FUNCTION exchange_refuse('how a run arose does not change, and its token only rises');

CREATE TRIGGER exchange_run_delivered BEFORE UPDATE ON exchange_run FOR EACH ROW
    WHEN (OLD.status = 'delivered') EXECUTE FUNCTION exchange_refuse('what was delivered stays delivered');

CREATE TRIGGER exchange_run_ended BEFORE UPDATE ON exchange_run FOR EACH ROW
    WHEN (OLD.status IN ('stopped', 'cancelled') AND NEW.status NOT IN (OLD.status, 'delivered'))
    EXECUTE FUNCTION exchange_refuse('a run that ended does not start again');
"""

BACKWARD = "DROP FUNCTION exchange_refuse CASCADE"

KEPT = {"exchange_transfer": ("DELETE",), "exchange_run": ("DELETE",), "exchange_chunk": ("UPDATE", "DELETE")}


def guard(_apps, schema_editor):
    """Refuse by trigger whoever asks, and take the right from the program besides."""
    execute = schema_editor.connection.cursor().execute
    for table, verbs in KEPT.items():
        names = {"table": sql.Identifier(table), "verbs": sql.SQL(" OR ").join(map(sql.SQL, verbs))}
        row = sql.SQL(
            "CREATE TRIGGER exchange_kept BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION exchange_refuse('history is kept')"
        )
        whole = sql.SQL("CREATE TRIGGER exchange_kept_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION exchange_refuse('history is kept')")
        execute(row.format(**names))
        execute(whole.format(**names))
        if settings.GOVSHARE_APP_ROLE:
            rights = sql.SQL(", ").join(map(sql.SQL, verbs))
            role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
            execute(sql.SQL("REVOKE {}, TRUNCATE ON {} FROM {}").format(rights, sql.Identifier(table), role))


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(guard, migrations.RunPython.noop)]
