"""What must always be true of papers, said by PostgreSQL: numbered without a gap, of the digest they show, never changed, never gone."""

from django.conf import settings
from django.db import migrations
from psycopg import sql

TABLES = ("papers_paper", "papers_sealed_scan")
FORWARD = """
CREATE FUNCTION papers_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: papers are kept as they were issued (PC-65)', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION papers_paper_is_numbered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ordinal <> coalesce((SELECT max(p.ordinal) FROM papers_paper p WHERE p.kind = NEW.kind AND p.year = NEW.year), 0) + 1 THEN
        RAISE EXCEPTION 'number % leaves a gap', NEW.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex') <> NEW.digest THEN
        RAISE EXCEPTION 'digest of % is not that of its content', NEW.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER papers_paper_numbered BEFORE INSERT ON papers_paper FOR EACH ROW EXECUTE FUNCTION papers_paper_is_numbered();
CREATE TRIGGER papers_kept BEFORE UPDATE OR DELETE ON papers_paper FOR EACH ROW EXECUTE FUNCTION papers_refuse();
CREATE TRIGGER papers_kept_whole BEFORE TRUNCATE ON papers_paper EXECUTE FUNCTION papers_refuse();
CREATE TRIGGER papers_kept BEFORE UPDATE OR DELETE ON papers_sealed_scan FOR EACH ROW EXECUTE FUNCTION papers_refuse();
CREATE TRIGGER papers_kept_whole BEFORE TRUNCATE ON papers_sealed_scan EXECUTE FUNCTION papers_refuse();
"""
BACKWARD = """
DROP FUNCTION papers_refuse CASCADE;
DROP FUNCTION papers_paper_is_numbered CASCADE;
"""


def guard(_apps, schema_editor):
    """Take the right from the program besides."""
    if not settings.GOVSHARE_APP_ROLE:
        return
    role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
    for table in TABLES:
        schema_editor.connection.cursor().execute(
            sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), role)
        )


class Migration(migrations.Migration):
    dependencies = [("papers", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(guard, migrations.RunPython.noop)]
