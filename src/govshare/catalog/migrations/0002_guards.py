"""What must always be true of codes, revisions, listings, grounds and routes, said by PostgreSQL."""

from django.db import migrations

# Shared: refuse, or refuse unless only the columns named in the arguments differ.
COMMON = """
CREATE FUNCTION catalog_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION catalog_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(OLD) - TG_ARGV) IS DISTINCT FROM (to_jsonb(NEW) - TG_ARGV) THEN
        RAISE EXCEPTION '%: only % may change', TG_TABLE_NAME, array_to_string(TG_ARGV, ', ') USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

CODES = """
CREATE FUNCTION catalog_code_is_allocated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given bigint;
BEGIN
    SELECT counter.last INTO given FROM catalog_code_counter counter JOIN catalog_node node ON node.id = counter.node_id
     WHERE node.code = split_part(NEW.code, '/', 1);
    IF given IS NULL OR split_part(NEW.code, '/', 2)::bigint > given THEN
        RAISE EXCEPTION 'code % was not allocated', NEW.code USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION catalog_counter_rises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.node_id <> OLD.node_id OR NEW.last <> OLD.last + 1 THEN
        RAISE EXCEPTION 'running numbers only rise, one by one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION catalog_node_stands_below() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    above text;
BEGIN
    SELECT code INTO above FROM catalog_node WHERE id = NEW.parent_id;
    IF above IS NOT NULL AND (NOT starts_with(NEW.code, above) OR
        NOT (length(above), length(NEW.code)) IN ((1, 3), (3, 6)) AND NOT (length(above) >= 6 AND length(NEW.code) > length(above))) THEN
        RAISE EXCEPTION 'category % cannot stand below %', NEW.code, above USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER catalog_code_is_allocated BEFORE INSERT ON catalog_entry FOR EACH ROW EXECUTE FUNCTION catalog_code_is_allocated();
CREATE TRIGGER catalog_code_never_changes BEFORE UPDATE ON catalog_entry FOR EACH ROW
    EXECUTE FUNCTION catalog_only('provider_id', 'version', 'last_revision');
CREATE TRIGGER catalog_entry_stays BEFORE DELETE ON catalog_entry FOR EACH ROW
    EXECUTE FUNCTION catalog_refuse('entries are retired or discarded, never deleted');
CREATE TRIGGER catalog_counter_rises BEFORE UPDATE ON catalog_code_counter FOR EACH ROW EXECUTE FUNCTION catalog_counter_rises();
CREATE TRIGGER catalog_counter_stays BEFORE DELETE ON catalog_code_counter FOR EACH ROW
    EXECUTE FUNCTION catalog_refuse('running numbers are never given twice');
CREATE TRIGGER catalog_node_stands_below BEFORE INSERT ON catalog_node FOR EACH ROW EXECUTE FUNCTION catalog_node_stands_below();
CREATE TRIGGER catalog_node_code_never_changes BEFORE UPDATE ON catalog_node FOR EACH ROW
    EXECUTE FUNCTION catalog_only('name', 'lead_id', 'active');
CREATE TRIGGER catalog_node_stays BEFORE DELETE ON catalog_node FOR EACH ROW
    EXECUTE FUNCTION catalog_refuse('categories are closed, never deleted');
"""

REVISIONS = """
CREATE FUNCTION catalog_revision_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    course text[] := ARRAY['status', 'submitted_at', 'submitted_by', 'published_at', 'published_by', 'ended_at', 'ended_by', 'digest'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'a revision begins as a draft' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.id <> OLD.id OR NEW.entry_id <> OLD.entry_id OR NEW.adjusted <> OLD.adjusted
        OR NEW.status <> OLD.status AND NOT (
            (OLD.status, NEW.status) IN (('draft', 'review'), ('draft', 'discarded'), ('review', 'draft'), ('review', 'published'),
                                         ('published', 'superseded'), ('published', 'retired'))
            OR OLD.adjusted AND (OLD.status, NEW.status) = ('draft', 'published')) THEN
        RAISE EXCEPTION 'a revision does not go from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status <> 'draft' AND (to_jsonb(OLD) - course) IS DISTINCT FROM (to_jsonb(NEW) - course) THEN
        RAISE EXCEPTION 'what a revision says changes only in a draft' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status IN ('published', 'superseded', 'retired')
        AND (OLD.published_at, OLD.published_by, OLD.digest) IS DISTINCT FROM (NEW.published_at, NEW.published_by, NEW.digest) THEN
        RAISE EXCEPTION 'who published a revision, and when, does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'draft' AND NEW.status IN ('review', 'published') THEN
        PERFORM catalog_revision_holds(NEW);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION catalog_revision_holds(revision catalog_revision) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    scoped boolean := EXISTS (SELECT FROM catalog_scope WHERE revision_id = revision.id);
BEGIN
    IF revision.share_type = 'unconditional' AND EXISTS (
        SELECT FROM catalog_item WHERE revision_id = revision.id AND sensitivity IN ('personal', 'commercial_secret')) THEN
        RAISE EXCEPTION 'an unconditional entry holds no personal or commercially secret item (CD2016-5.3)' USING ERRCODE = 'check_violation';
    END IF;
    IF revision.share_type = 'none' AND NOT EXISTS (
        SELECT FROM catalog_legal_ground WHERE id = revision.ground_id AND active AND allows IN ('not_shared', 'both')) THEN
        RAISE EXCEPTION 'what is not shared rests on a ground that allows it (CD2016-13.2)' USING ERRCODE = 'check_violation';
    END IF;
    IF (revision.share_type = 'none' AND (scoped OR revision.for_all)) OR (revision.share_type <> 'none' AND scoped = revision.for_all) THEN
        RAISE EXCEPTION 'the scope is everybody or a list, and none for what is not shared (CD2016-5.2)' USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION catalog_part_of_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_revision uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.revision_id ELSE NEW.revision_id END;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.revision_id <> OLD.revision_id
        OR (SELECT status FROM catalog_revision WHERE id = of_revision FOR SHARE) <> 'draft' THEN
        RAISE EXCEPTION '%: what a revision says changes only in a draft', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER catalog_revision_moves BEFORE INSERT OR UPDATE ON catalog_revision FOR EACH ROW EXECUTE FUNCTION catalog_revision_moves();
CREATE TRIGGER catalog_revision_stays BEFORE DELETE ON catalog_revision FOR EACH ROW
    EXECUTE FUNCTION catalog_refuse('history is kept');
CREATE TRIGGER catalog_item_of_draft BEFORE INSERT OR UPDATE OR DELETE ON catalog_item FOR EACH ROW
    EXECUTE FUNCTION catalog_part_of_draft();
CREATE TRIGGER catalog_scope_of_draft BEFORE INSERT OR UPDATE OR DELETE ON catalog_scope FOR EACH ROW
    EXECUTE FUNCTION catalog_part_of_draft();
CREATE TRIGGER catalog_statutory_of_draft BEFORE INSERT OR UPDATE OR DELETE ON catalog_statutory FOR EACH ROW
    EXECUTE FUNCTION catalog_part_of_draft();
CREATE TRIGGER catalog_step_stays BEFORE UPDATE OR DELETE ON catalog_step FOR EACH ROW EXECUTE FUNCTION catalog_refuse('history is kept');
"""

LISTINGS = """
CREATE FUNCTION catalog_listing_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.entry_id <> OLD.entry_id
        OR NOT EXISTS (SELECT FROM catalog_revision WHERE id = NEW.filed_id AND entry_id = NEW.entry_id AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'what is filed is a published revision of the entry (CD2016-14)' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.listed_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM catalog_revision WHERE id = NEW.listed_id AND entry_id = NEW.entry_id AND published_at IS NOT NULL
           AND share_type <> 'none' AND source_id IS NULL) THEN
        RAISE EXCEPTION 'only a published, shared, authoritative revision is listed (CD2016-13.2, 18)' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION catalog_verification_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM catalog_revision WHERE id = NEW.revision_id AND entry_id = NEW.entry_id
                      AND published_at IS NOT NULL AND share_type = 'none') THEN
        RAISE EXCEPTION 'only what is not shared is verified (CD2016-13.2)' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER catalog_listing_holds BEFORE INSERT OR UPDATE ON catalog_listing FOR EACH ROW EXECUTE FUNCTION catalog_listing_holds();
CREATE TRIGGER catalog_listing_stays BEFORE DELETE ON catalog_listing FOR EACH ROW EXECUTE FUNCTION catalog_refuse('history is kept');
CREATE TRIGGER catalog_verification_holds BEFORE INSERT OR UPDATE ON catalog_verification FOR EACH ROW
    EXECUTE FUNCTION catalog_verification_holds();
CREATE TRIGGER catalog_verification_stays BEFORE DELETE ON catalog_verification FOR EACH ROW
    EXECUTE FUNCTION catalog_refuse('history is kept');
"""

REGISTERS = """
CREATE TRIGGER catalog_ground_never_changes BEFORE UPDATE ON catalog_legal_ground FOR EACH ROW EXECUTE FUNCTION catalog_only('active');
CREATE TRIGGER catalog_ground_stays BEFORE DELETE ON catalog_legal_ground FOR EACH ROW
    EXECUTE FUNCTION catalog_refuse('grounds are closed, never deleted');
CREATE TRIGGER catalog_route_never_changes BEFORE UPDATE ON catalog_route FOR EACH ROW
    EXECUTE FUNCTION catalog_only('tested_at', 'tested_by', 'test_passed', 'test_message', 'replaced_at', 'replaced_by');
CREATE TRIGGER catalog_route_stays BEFORE DELETE ON catalog_route FOR EACH ROW EXECUTE FUNCTION catalog_refuse('history is kept');
CREATE TRIGGER catalog_route_column_stays BEFORE UPDATE OR DELETE ON catalog_route_column FOR EACH ROW
    EXECUTE FUNCTION catalog_refuse('history is kept');
"""

BACKWARD = """
DROP FUNCTION catalog_refuse CASCADE;
DROP FUNCTION catalog_only CASCADE;
DROP FUNCTION catalog_code_is_allocated CASCADE;
DROP FUNCTION catalog_counter_rises CASCADE;
DROP FUNCTION catalog_node_stands_below CASCADE;
DROP FUNCTION catalog_revision_moves CASCADE;
DROP FUNCTION catalog_revision_holds CASCADE;
DROP FUNCTION catalog_part_of_draft CASCADE;
DROP FUNCTION catalog_listing_holds CASCADE;
DROP FUNCTION catalog_verification_holds CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunSQL([COMMON, CODES, REVISIONS, LISTINGS, REGISTERS], BACKWARD)]
