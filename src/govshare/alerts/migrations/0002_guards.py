"""What was found stays as it was found; its status moves by a step, and only so. Said by PostgreSQL."""

from django.conf import settings
from django.db import migrations
from psycopg import sql

FORWARD = """
CREATE FUNCTION alerts_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION alerts_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE public.alerts_alert SET status = NEW.target WHERE id = NEW.alert_id AND status = NEW.source;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'alert % is not %', NEW.alert_id, NEW.source USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION alerts_continue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.first_index <> coalesce((SELECT max(end_index) FROM alerts_pass), 0) THEN
        RAISE EXCEPTION 'the log was read up to another place than %', NEW.first_index USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER alerts_step_moves AFTER INSERT ON alerts_step FOR EACH ROW EXECUTE FUNCTION alerts_move();
CREATE TRIGGER alerts_pass_continues BEFORE INSERT ON alerts_pass FOR EACH ROW EXECUTE FUNCTION alerts_continue();

CREATE TRIGGER alerts_alert_fixed BEFORE UPDATE ON alerts_alert FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 OR to_jsonb(OLD) - 'status' IS DISTINCT FROM to_jsonb(NEW) - 'status')
    EXECUTE FUNCTION alerts_refuse('what was found stays as it was found; its status moves by a step');
CREATE TRIGGER alerts_alert_begins BEFORE INSERT ON alerts_alert FOR EACH ROW WHEN (NEW.status <> 'open')
    EXECUTE FUNCTION alerts_refuse('an alert begins open');
"""
BACKWARD = "DROP FUNCTION alerts_refuse, alerts_move, alerts_continue CASCADE"

#: Table, what nobody does by a trigger, what the program has no right to.
KEPT = {
    "alerts_alert": ("DELETE", "UPDATE, DELETE"),
    "alerts_step": ("UPDATE OR DELETE", "UPDATE, DELETE"),
    "alerts_pass": ("UPDATE OR DELETE", "UPDATE, DELETE"),
}


def guard(_apps, schema_editor):
    """Refuse by trigger whoever asks, and take the right from the program besides."""
    execute = schema_editor.connection.cursor().execute
    for table, (verbs, rights) in KEPT.items():
        names = {"table": sql.Identifier(table), "verbs": sql.SQL(verbs)}
        row = sql.SQL("CREATE TRIGGER alerts_kept BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION alerts_refuse('history is kept')")
        whole = sql.SQL("CREATE TRIGGER alerts_kept_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION alerts_refuse('history is kept')")
        execute(row.format(**names))
        execute(whole.format(**names))
        if settings.GOVSHARE_APP_ROLE:
            role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
            execute(sql.SQL("REVOKE {}, TRUNCATE ON {} FROM {}").format(sql.SQL(rights), sql.Identifier(table), role))


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(guard, migrations.RunPython.noop)]
