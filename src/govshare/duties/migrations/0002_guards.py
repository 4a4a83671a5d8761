"""What must always be true of due dates and histories, said by PostgreSQL."""

from django.conf import settings
from django.db import migrations
from psycopg import sql

FORWARD = """
CREATE FUNCTION duties_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION duties_apply_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE duties_duty
       SET owner = NEW.owner, due_on = NEW.due_after, provisional = NEW.provisional, counted_from = NEW.counted_from, counted_days = NEW.counted_days,
           suspended_on = NEW.suspended_on, remaining = NEW.remaining
     WHERE id = NEW.duty_id AND due_on = NEW.due_before AND owner = NEW.owner_before;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'duty % is not owed by % on %', NEW.duty_id, NEW.owner_before, NEW.due_before USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER duties_change_applies AFTER INSERT ON duties_duty_change
    FOR EACH ROW EXECUTE FUNCTION duties_apply_change();

CREATE TRIGGER duties_clock_changes_by_act_only BEFORE UPDATE ON duties_duty FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND
          (OLD.owner, OLD.due_on, OLD.provisional, OLD.counted_from, OLD.counted_days, OLD.suspended_on, OLD.remaining) IS DISTINCT FROM
          (NEW.owner, NEW.due_on, NEW.provisional, NEW.counted_from, NEW.counted_days, NEW.suspended_on, NEW.remaining))
    EXECUTE FUNCTION duties_refuse('owner and due date change only by a recorded act in duties_duty_change');

CREATE TRIGGER duties_origin_is_fixed BEFORE UPDATE ON duties_duty FOR EACH ROW
    WHEN ((OLD.id, OLD.kind, OLD.about, OLD.basis, OLD.rule_set, OLD.working_days, OLD.started_on, OLD.started_at, OLD.started_by)
          IS DISTINCT FROM
          (NEW.id, NEW.kind, NEW.about, NEW.basis, NEW.rule_set, NEW.working_days, NEW.started_on, NEW.started_at, NEW.started_by))
    EXECUTE FUNCTION duties_refuse('how a duty arose does not change');

CREATE TRIGGER duties_act_is_fixed BEFORE UPDATE ON duties_rule_set_act FOR EACH ROW
    WHEN (OLD.withdrawn_at IS NOT NULL OR
          (OLD.id, OLD.rule_set, OLD.issuer, OLD.number, OLD.title, OLD.effect, OLD.valid_from, OLD.valid_until, OLD.recorded_at, OLD.recorded_by)
          IS DISTINCT FROM
          (NEW.id, NEW.rule_set, NEW.issuer, NEW.number, NEW.title, NEW.effect, NEW.valid_from, NEW.valid_until, NEW.recorded_at, NEW.recorded_by))
    EXECUTE FUNCTION duties_refuse('an act on file is withdrawn, once, or stays as it is');
"""
KEPT = {
    "duties_duty": ("DELETE",),
    "duties_duty_change": ("UPDATE", "DELETE"),
    "duties_parameter": ("UPDATE", "DELETE"),
    "duties_rule_set_act": ("DELETE",),
}
BACKWARD = """
DROP FUNCTION duties_refuse CASCADE;
DROP FUNCTION duties_apply_change CASCADE;
"""


def guard(_apps, schema_editor):
    """Refuse by trigger whoever asks, and take the right from the program besides."""
    execute = schema_editor.connection.cursor().execute
    for table, verbs in KEPT.items():
        names = {"table": sql.Identifier(table), "verbs": sql.SQL(" OR ").join(map(sql.SQL, verbs))}
        row = sql.SQL("CREATE TRIGGER duties_kept BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION duties_refuse('history is kept')")
        all_rows = sql.SQL("CREATE TRIGGER duties_kept_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION duties_refuse('history is kept')")
        execute(row.format(**names))
        execute(all_rows.format(**names))
        if settings.GOVSHARE_APP_ROLE:
            rights = sql.SQL(", ").join(map(sql.SQL, verbs))
            role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
            execute(sql.SQL("REVOKE {}, TRUNCATE ON {} FROM {}").format(rights, sql.Identifier(table), role))


class Migration(migrations.Migration):
    dependencies = [("duties", "0001_initial")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
