"""What must always be true of demands, histories and grants, said by PostgreSQL; and the epoch that rises with every change."""

from django.conf import settings
from django.db import migrations
from psycopg import sql

FORWARD = """
CREATE FUNCTION sharing_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER sharing_demand_origin BEFORE UPDATE ON sharing_demand FOR EACH ROW
    WHEN ((OLD.id, OLD.number, OLD.kind, OLD.renews_id, OLD.replaces_id, OLD.recipient_id, OLD.provider_id, OLD.authority_id,
           OLD.entry_id, OLD.drafted_at, OLD.drafted_by)
          IS DISTINCT FROM
          (NEW.id, NEW.number, NEW.kind, NEW.renews_id, NEW.replaces_id, NEW.recipient_id, NEW.provider_id, NEW.authority_id,
           NEW.entry_id, NEW.drafted_at, NEW.drafted_by))
    EXECUTE FUNCTION sharing_refuse('how a demand arose does not change');

CREATE TRIGGER sharing_demand_content BEFORE UPDATE ON sharing_demand FOR EACH ROW
    WHEN ((OLD.application, OLD.users, OLD.mode, OLD.ends_on, OLD.duty_basis, OLD.purpose, OLD.conditions, OLD.quota_per_day,
           OLD.case_number_required)
          IS DISTINCT FROM
          (NEW.application, NEW.users, NEW.mode, NEW.ends_on, NEW.duty_basis, NEW.purpose, NEW.conditions, NEW.quota_per_day,
           NEW.case_number_required)
          AND OLD.status NOT IN ('draft', 'returned') AND NEW.status <> 'checking')
    EXECUTE FUNCTION sharing_refuse('what was submitted changes only on its way back to the own check');

CREATE TRIGGER sharing_demand_final BEFORE UPDATE ON sharing_demand FOR EACH ROW
    WHEN (OLD.status IN ('declined', 'granted', 'refused', 'withdrawn', 'lapsed'))
    EXECUTE FUNCTION sharing_refuse('a demand that came to its end does not change');

CREATE FUNCTION sharing_demand_item_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT status FROM sharing_demand WHERE id = OLD.demand_id) IN ('declined', 'granted', 'refused', 'withdrawn', 'lapsed') THEN
        RAISE EXCEPTION 'items of a demand that came to its end do not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER sharing_demand_item_final BEFORE UPDATE OR DELETE ON sharing_demand_item
    FOR EACH ROW EXECUTE FUNCTION sharing_demand_item_changes();

CREATE TRIGGER sharing_grant_fixed BEFORE UPDATE ON sharing_grant FOR EACH ROW
    WHEN ((OLD.id, OLD.number, OLD.demand_id, OLD.provider_id, OLD.recipient_id, OLD.authority_id, OLD.entry_id, OLD.way, OLD.within_scope,
           OLD.transitional, OLD.rule_set, OLD.application, OLD.mode, OLD.purpose, OLD.users, OLD.conditions, OLD.case_number_required, OLD.quota_per_day,
           OLD.starts_on, OLD.granted_at, OLD.granted_by, OLD.receipt)
          IS DISTINCT FROM
          (NEW.id, NEW.number, NEW.demand_id, NEW.provider_id, NEW.recipient_id, NEW.authority_id, NEW.entry_id, NEW.way, NEW.within_scope,
           NEW.transitional, NEW.rule_set, NEW.application, NEW.mode, NEW.purpose, NEW.users, NEW.conditions, NEW.case_number_required, NEW.quota_per_day,
           NEW.starts_on, NEW.granted_at, NEW.granted_by, NEW.receipt))
    EXECUTE FUNCTION sharing_refuse('what was granted does not change; it ends and is granted anew');

CREATE TRIGGER sharing_grant_final BEFORE UPDATE ON sharing_grant FOR EACH ROW
    WHEN (OLD.status <> 'active') EXECUTE FUNCTION sharing_refuse('a grant that ended does not come back');

CREATE TRIGGER sharing_grant_longer BEFORE UPDATE ON sharing_grant FOR EACH ROW
    WHEN (NEW.ends_on < OLD.ends_on) EXECUTE FUNCTION sharing_refuse('a grant ends early by an act, not by a moved date');

CREATE TRIGGER sharing_grant_item_fixed BEFORE UPDATE ON sharing_grant_item FOR EACH ROW
    WHEN ((OLD.id, OLD.grant_id, OLD.position, OLD.item, OLD.use, OLD.head, OLD.tail)
          IS DISTINCT FROM (NEW.id, NEW.grant_id, NEW.position, NEW.item, NEW.use, NEW.head, NEW.tail))
    EXECUTE FUNCTION sharing_refuse('what was granted does not change; it ends and is granted anew');

CREATE FUNCTION sharing_grant_gives_something() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM sharing_grant_item WHERE grant_id = NEW.id AND use NOT IN ('query_key', 'condition')) THEN
        RAISE EXCEPTION 'grant % gives no item', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER sharing_grant_items AFTER INSERT ON sharing_grant DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION sharing_grant_gives_something();

INSERT INTO sharing_plan_epoch (id, epoch, followed) VALUES (1, 1, 0);

CREATE FUNCTION sharing_bump_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- once in a transaction, at its very end, so that the one row is held only while committing
    IF current_setting('govshare.epoch_bumped', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        UPDATE sharing_plan_epoch SET epoch = epoch + 1 WHERE id = 1;
        PERFORM set_config('govshare.epoch_bumped', pg_current_xact_id()::text, true);
        PERFORM pg_notify('sharing_plan_epoch', '');
    END IF;
    RETURN NULL;
END $$;
"""

KEPT = {
    "sharing_demand": ("DELETE",),
    "sharing_event": ("UPDATE", "DELETE"),
    "sharing_grant": ("DELETE",),
    "sharing_grant_item": ("DELETE",),
    "sharing_notice": ("DELETE",),
    "sharing_number": ("DELETE",),
    "sharing_plan_epoch": ("DELETE",),
}

#: Tables whose every change may change what a plan compiles to: grants here, what is listed and where it is read from, and who is who below.
WATCHED = (
    "sharing_grant",
    "sharing_grant_item",
    "catalog_listing",
    "catalog_verification",
    "catalog_route",
    "catalog_route_column",
    "organizations_organization",
    "organizations_succession",
    "organizations_credential_epoch",
    "sources_frontdatabase",
)


def guard(_apps, schema_editor):
    """Refuse by trigger whoever asks, and take the right from the program besides."""
    execute = schema_editor.connection.cursor().execute
    for table, verbs in KEPT.items():
        names = {"table": sql.Identifier(table), "verbs": sql.SQL(" OR ").join(map(sql.SQL, verbs))}
        row = sql.SQL(
            "CREATE TRIGGER sharing_kept BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION sharing_refuse('history is kept')"
        )
        whole = sql.SQL("CREATE TRIGGER sharing_kept_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION sharing_refuse('history is kept')")
        execute(row.format(**names))
        execute(whole.format(**names))
        if settings.GOVSHARE_APP_ROLE:
            rights = sql.SQL(", ").join(map(sql.SQL, verbs))
            role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
            execute(sql.SQL("REVOKE {}, TRUNCATE ON {} FROM {}").format(rights, sql.Identifier(table), role))
    for table in WATCHED:
        bump = sql.SQL(
            "CREATE CONSTRAINT TRIGGER sharing_epoch AFTER INSERT OR UPDATE OR DELETE ON {} DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION sharing_bump_epoch()"
        )
        execute(bump.format(sql.Identifier(table)))


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0001_initial"),
        ("catalog", "0001_initial"),
        ("sources", "0001_initial"),
        ("organizations", "0002_guards"),
    ]
    operations = [
        migrations.RunSQL(
            FORWARD, "DROP FUNCTION sharing_refuse, sharing_demand_item_changes, sharing_grant_gives_something, sharing_bump_epoch CASCADE"
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
