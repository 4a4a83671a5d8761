"""What must always be true and no column constraint can say."""

from django.db import migrations

USCC = """
CREATE FUNCTION organizations_uscc_valid(code text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- GB 32100-2015: weights are powers of 3 modulo 31; the weighted sum with the check character is a multiple of 31
    SELECT sum((strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(code, place, 1)) - 1)
               * CASE place WHEN 18 THEN 1 ELSE (ARRAY[1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28])[place] END) % 31 = 0
    FROM generate_series(1, 18) AS place
$$;
ALTER TABLE organizations_organization
    ADD CONSTRAINT organizations_uscc_check_character CHECK (organizations_uscc_valid(uscc));
"""

POSTS = """
CREATE FUNCTION organizations_period(starts date, ends date, ended boolean) RETURNS daterange LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN NOT ended THEN daterange(starts, ends, '[]')
                WHEN ends > starts THEN daterange(starts, ends, '[)')
                ELSE 'empty'::daterange END
$$;

CREATE VIEW organizations_post AS
    SELECT id, person_id, organization_id, role, false AS standing_in,
           organizations_period(starts_on, ends_on, ended_at IS NOT NULL) AS period
    FROM organizations_appointment
    UNION ALL
    SELECT s.id, s.person_id, a.organization_id, a.role, true,
           organizations_period(s.starts_on, s.ends_on, s.ended_at IS NOT NULL)
           * organizations_period(a.starts_on, a.ends_on, a.ended_at IS NOT NULL)
    FROM organizations_stand_in s JOIN organizations_appointment a ON a.id = s.appointment_id;

CREATE FUNCTION organizations_check_posts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM organizations_person WHERE id = NEW.person_id FOR NO KEY UPDATE;  -- one at a time, then look
    IF EXISTS (
        SELECT 1 FROM organizations_post a JOIN organizations_post b
            ON b.person_id = a.person_id AND b.id > a.id AND b.period && a.period
        WHERE a.person_id = NEW.person_id AND a.role <> b.role
          AND a.role IN ('system_admin', 'security_admin', 'audit_admin')
          AND b.role IN ('system_admin', 'security_admin', 'audit_admin')
    ) THEN
        RAISE EXCEPTION 'two of the three platform administrators at once' USING ERRCODE = 'exclusion_violation',
            CONSTRAINT = 'organizations_three_administrators';
    END IF;
    IF EXISTS (
        SELECT 1 FROM organizations_post a JOIN organizations_post b
            ON b.person_id = a.person_id AND b.id > a.id AND b.period && a.period
           AND b.organization_id = a.organization_id AND b.role = a.role
        WHERE a.person_id = NEW.person_id AND NOT a.standing_in AND NOT b.standing_in
    ) THEN
        RAISE EXCEPTION 'the same post twice at once' USING ERRCODE = 'exclusion_violation',
            CONSTRAINT = 'organizations_one_post_at_a_time';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER organizations_posts AFTER INSERT OR UPDATE ON organizations_appointment
    FOR EACH ROW EXECUTE FUNCTION organizations_check_posts();
CREATE TRIGGER organizations_posts AFTER INSERT OR UPDATE ON organizations_stand_in
    FOR EACH ROW EXECUTE FUNCTION organizations_check_posts();
"""

APPEND_ONLY = """
CREATE FUNCTION organizations_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"CREATE TRIGGER organizations_append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION organizations_append_only();\n"
    for table in ("organizations_succession", "organizations_former_name", "organizations_handover")
)

_BUMP = """
INSERT INTO organizations_credential_epoch (id, value) VALUES (1, 0);
CREATE FUNCTION organizations_bump_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE organizations_credential_epoch SET value = value + 1 WHERE id = 1;
    RETURN NULL;
END $$;
"""
EPOCH = _BUMP + "".join(
    f"CREATE TRIGGER organizations_epoch AFTER INSERT OR UPDATE OR DELETE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION organizations_bump_epoch();\n"
    for table in ("organizations_certificate", "organizations_revocation_list", "organizations_trust_anchor")
)


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]

    operations = [
        migrations.RunSQL(
            USCC,
            "ALTER TABLE organizations_organization DROP CONSTRAINT organizations_uscc_check_character;"
            "DROP FUNCTION organizations_uscc_valid(text);",
        ),
        migrations.RunSQL(
            POSTS,
            "DROP FUNCTION organizations_check_posts() CASCADE; DROP VIEW organizations_post;"
            "DROP FUNCTION organizations_period(date, date, boolean);",
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION organizations_append_only() CASCADE;"),
        migrations.RunSQL(EPOCH, "DROP FUNCTION organizations_bump_epoch() CASCADE; DELETE FROM organizations_credential_epoch;"),
    ]
