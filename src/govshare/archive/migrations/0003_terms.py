"""When a segment was sealed is told by the database's own clock, and its term counts from then at the earliest."""

from django.db import migrations

FUNCTIONS = """
CREATE OR REPLACE FUNCTION archive_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.first_index <> coalesce((SELECT max(s.end_index) FROM public.archive_segment s), 0) THEN
        RAISE EXCEPTION 'segment % does not follow the last one', NEW.first_index USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.sealed_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION archive_may_be_disposed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    segment public.archive_segment;
BEGIN
    SELECT * INTO segment FROM public.archive_segment s WHERE s.first_index = NEW.first_index AND s.end_index = NEW.end_index;
    IF NOT FOUND OR clock_timestamp() < greatest(segment.until, segment.sealed_at) + interval '15 years' THEN
        RAISE EXCEPTION 'segment %: logs are kept for at least fifteen years (CD2016-26)', NEW.first_index
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (SELECT 1 FROM public.archive_hold h LEFT JOIN public.archive_lift l ON l.hold = h.id
               WHERE l.hold IS NULL AND h.since <= segment.until AND h.until > segment.since) THEN
        RAISE EXCEPTION 'segment %: it is under a hold', NEW.first_index USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("archive", "0002_openings")]
    operations = [migrations.RunSQL(FUNCTIONS)]
