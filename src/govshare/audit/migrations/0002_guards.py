"""What PostgreSQL itself holds: nothing is changed or deleted, a batch is complete, places leave no gap, ids cannot be forged."""

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg import sql

TABLES = ("audit_batch", "audit_entry", "audit_placement", "audit_checkpoint")

#: Columns the program may fill in; ids, times and writers are the database's own.
INSERTABLE = {
    "audit_batch": ("n",),
    "audit_entry": ("batch", "ordinal", "leaf_hash", "body"),
    "audit_placement": ("batch", "first_index", "n"),
    "audit_checkpoint": ("size", "root", "note", "at"),
    "audit_unplaced": (),
}

FUNCTIONS = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: evidence is never changed or deleted (CD2016-26)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION audit_entry_from_its_body() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fields CONSTANT jsonb := NEW.body::jsonb;
BEGIN
    PERFORM 1 FROM public.audit_batch b WHERE b.batch = NEW.batch AND b.transaction = pg_current_xact_id() AND NEW.ordinal < b.n;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'batch % is not this transaction''s, or has no ordinal %', NEW.batch, NEW.ordinal
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.at := fields ->> 'at';
    NEW.action := fields ->> 'action';
    NEW.outcome := fields ->> 'outcome';
    NEW.actor := left(fields #>> '{actor,id}', 200);
    NEW.organization := left(fields #>> '{actor,organization}', 200);
    NEW.about := left(fields ->> 'about', 200);
    NEW.resource := left(fields ->> 'resource', 200);
    NEW.grant_id := left(fields ->> 'grant', 200);
    NEW.subject := fields ->> 'subject';
    NEW.parties := fields -> 'parties';
    RETURN NEW;
END $$;

CREATE FUNCTION audit_batch_is_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM public.audit_entry e WHERE e.batch = NEW.batch) <> NEW.n THEN
        RAISE EXCEPTION 'batch % lacks entries', NEW.batch USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION audit_batch_awaits_its_place() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO public.audit_unplaced (batch) VALUES (NEW.batch);
    RETURN NULL;
END $$;

CREATE FUNCTION audit_place_without_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.first_index <> coalesce((SELECT p.first_index + p.n FROM public.audit_placement p ORDER BY p.first_index DESC LIMIT 1), 0)
       OR NOT EXISTS (SELECT 1 FROM public.audit_batch b WHERE b.batch = NEW.batch AND b.n = NEW.n) THEN
        RAISE EXCEPTION 'batch % of % does not go to %', NEW.batch, NEW.n, NEW.first_index
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION audit_batch_has_its_place() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    DELETE FROM public.audit_unplaced WHERE batch = NEW.batch;
    RETURN NULL;
END $$;

CREATE TRIGGER from_body BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_from_its_body();
CREATE CONSTRAINT TRIGGER complete AFTER INSERT ON audit_batch DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION audit_batch_is_complete();
CREATE TRIGGER awaits AFTER INSERT ON audit_batch FOR EACH ROW EXECUTE FUNCTION audit_batch_awaits_its_place();
CREATE TRIGGER no_gap BEFORE INSERT ON audit_placement FOR EACH ROW EXECUTE FUNCTION audit_place_without_gap();
CREATE TRIGGER placed AFTER INSERT ON audit_placement FOR EACH ROW EXECUTE FUNCTION audit_batch_has_its_place();
"""

PARTITIONS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass ORDER BY 1"


def guard(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        cursor.execute(PARTITIONS)
        partitions = [row[0] for row in cursor.fetchall()]
        for table in TABLES:  # row triggers reach the partitions by themselves
            cursor.execute(
                f"CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()"
            )
        for table in (*TABLES, *partitions):  # TRUNCATE triggers do not
            cursor.execute(
                f"CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()"
            )
        for statement in rights(settings.GOVSHARE_APP_ROLE, partitions):
            cursor.execute(statement)


def rights(app_role: str, partitions: list[str]) -> list[sql.Composed]:
    """The program reads everything through the parent tables and inserts payload; default privileges gave it more."""
    role = sql.Identifier(app_role)
    statements = [sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.Identifier(table), role) for table in (*INSERTABLE, *partitions)]
    statements.append(sql.SQL("REVOKE ALL ON SEQUENCE audit_batch_batch_seq FROM {}").format(role))
    for table, columns in INSERTABLE.items():
        statements.append(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(table), role))
        if columns:
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            statements.append(sql.SQL("GRANT INSERT ({}) ON {} TO {}").format(names, sql.Identifier(table), role))
    return statements


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(guard)]
