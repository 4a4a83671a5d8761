"""The log's tables. Migrations write their SQL by hand: partitions, column rights and guards are PostgreSQL's.

Nothing here is ever updated or deleted, so nothing here has a ``save``; ``services`` inserts in SQL.
"""

from django.db import models


class Batch(models.Model):
    """What one commit wrote: ``n`` entries. Ids are given in order of writing, not of committing; ``Placement`` orders the log."""

    batch = models.BigIntegerField(primary_key=True)
    recorded_at = models.DateTimeField()
    n = models.IntegerField()
    writer = models.TextField()  # database session that wrote it

    class Meta:
        managed = False
        db_table = "audit_batch"


class Entry(models.Model):
    """One entry. ``body`` is the truth; every column after it is filled in from it by PostgreSQL, for search."""

    pk = models.CompositePrimaryKey("batch", "ordinal")
    batch = models.BigIntegerField()
    ordinal = models.IntegerField()
    leaf_hash = models.BinaryField()
    body = models.TextField()
    at = models.DateTimeField()
    action = models.TextField()
    outcome = models.TextField()
    actor = models.TextField()
    organization = models.TextField()
    about = models.TextField()
    resource = models.TextField()
    grant_id = models.TextField()
    subject = models.TextField()
    parties = models.JSONField()

    class Meta:
        managed = False
        db_table = "audit_entry"


class Unplaced(models.Model):
    """Batches that have no place yet. Triggers keep it; nobody else can write it."""

    batch = models.BigIntegerField(primary_key=True)

    class Meta:
        managed = False
        db_table = "audit_unplaced"


class Placement(models.Model):
    """The batch's entries stand in the log at ``first_index`` .. ``first_index + n - 1``."""

    batch = models.BigIntegerField(primary_key=True)
    first_index = models.BigIntegerField(unique=True)
    n = models.IntegerField()

    class Meta:
        managed = False
        db_table = "audit_placement"


class Checkpoint(models.Model):
    """Every signed checkpoint, as history; the signer's own memory is the file outside the database."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    tree = models.TextField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "audit_checkpoint"


class Handover(models.Model):
    """The log's key was handed over; the file ``handover`` in the evidence directory holds the same notes."""

    number = models.IntegerField(primary_key=True)
    size = models.BigIntegerField()
    root = models.BinaryField()
    old_key = models.TextField()
    new_key = models.TextField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "audit_handover"


class Cosignature(models.Model):
    """A witness's signature line under the checkpoint of ``size``."""

    pk = models.CompositePrimaryKey("size", "witness")
    size = models.BigIntegerField()
    witness = models.TextField()  # its name
    line = models.TextField()
    at = models.DateTimeField()  # as the witness says

    class Meta:
        managed = False
        db_table = "audit_cosignature"


class Objection(models.Model):
    """A witness did not find the log's checkpoint consistent with what it had seen before: an alarm."""

    number = models.BigIntegerField(primary_key=True)
    witness = models.TextField()
    size = models.BigIntegerField()
    answer = models.TextField()  # what it said
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "audit_objection"


class Timestamp(models.Model):
    """A time-stamp authority's token (RFC 3161) over the checkpoint of ``size`` as the log signed it."""

    size = models.BigIntegerField(primary_key=True)
    token = models.BinaryField()
    authority = models.TextField()
    at = models.DateTimeField()  # as the authority says

    class Meta:
        managed = False
        db_table = "audit_timestamp"


class Dropped(models.Model):
    """A partition that left the database when all its batches, placed from ``first_index`` to before ``end_index``, were sealed."""

    number = models.IntegerField(primary_key=True)
    batches = models.BigIntegerField()
    entries = models.BigIntegerField()
    least_batch = models.BigIntegerField()
    most_batch = models.BigIntegerField()
    first_index = models.BigIntegerField()
    end_index = models.BigIntegerField()
    dropped_at = models.DateTimeField()
    dropped_by = models.TextField()

    class Meta:
        managed = False
        db_table = "audit_dropped"
