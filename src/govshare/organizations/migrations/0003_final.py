"""A stopped certificate stays stopped, and who was who stays on file: the database says so, not only the code."""

from django.conf import settings
from django.db import migrations
from psycopg import sql

FINAL = """
CREATE FUNCTION organizations_certificate_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ('revoked', 'rejected') THEN
        RAISE EXCEPTION 'a stopped certificate stays stopped' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.person_id, NEW.system_id, NEW.anchor_id, NEW.der, NEW.fingerprint, NEW.serial, NEW.key_digest, NEW.subject_digest, NEW.not_after)
        IS DISTINCT FROM
       (OLD.person_id, OLD.system_id, OLD.anchor_id, OLD.der, OLD.fingerprint, OLD.serial, OLD.key_digest, OLD.subject_digest, OLD.not_after)
    THEN
        RAISE EXCEPTION 'a certificate is bound as it was shown' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER organizations_final BEFORE UPDATE ON organizations_certificate
    FOR EACH ROW EXECUTE FUNCTION organizations_certificate_is_final();

CREATE FUNCTION organizations_anchor_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL OR (NEW.der, NEW.fingerprint, NEW.issuer_id, NEW.not_after)
        IS DISTINCT FROM (OLD.der, OLD.fingerprint, OLD.issuer_id, OLD.not_after) THEN
        RAISE EXCEPTION 'an authority is trusted as it was shown, until it is withdrawn' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER organizations_final BEFORE UPDATE ON organizations_trust_anchor
    FOR EACH ROW EXECUTE FUNCTION organizations_anchor_is_final();
"""

#: From these the program takes no row away: who was who, who held which post, whom the platform trusted.
KEPT = (
    *("organizations_organization", "organizations_person", "organizations_appointment", "organizations_stand_in"),
    *("organizations_system", "organizations_filing", "organizations_certificate", "organizations_trust_anchor"),
    *("organizations_revocation_list", "organizations_succession", "organizations_former_name", "organizations_handover"),
)


def keep(_apps, schema_editor):
    if not settings.GOVSHARE_APP_ROLE:
        return
    role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
    with schema_editor.connection.cursor() as cursor:
        for table in KEPT:
            cursor.execute(sql.SQL("REVOKE DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), role))


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_guards")]
    operations = [
        migrations.RunSQL(
            FINAL,
            "DROP FUNCTION organizations_certificate_is_final() CASCADE; DROP FUNCTION organizations_anchor_is_final() CASCADE;",
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
