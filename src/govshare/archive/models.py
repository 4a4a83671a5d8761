"""What the archive knows of its segments. Rows are only ever added; a disposal is one more row, not one less.

Nothing here has a ``save``: ``services`` inserts in SQL, with the rights the migration leaves them.
"""

from django.db import models


class Segment(models.Model):
    """One sealed range of the log: entries ``first_index`` .. ``end_index`` - 1, read back before this row was written."""

    first_index = models.BigIntegerField(primary_key=True)
    end_index = models.BigIntegerField()
    name = models.TextField()  # of its directory in the store
    manifest = models.TextField()  # the signed note
    since = models.DateTimeField()  # of its oldest entry
    until = models.DateTimeField()  # of its youngest
    least_batch = models.BigIntegerField()
    most_batch = models.BigIntegerField()
    bytes = models.BigIntegerField()
    sealed_at = models.DateTimeField()
    sealed_by = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_segment"


class Check(models.Model):
    """A segment was read back from its store, every entry rebuilt and hashed; ``problems`` says what was wrong, empty: nothing."""

    id = models.BigAutoField(primary_key=True)
    first_index = models.BigIntegerField()
    problems = models.TextField()
    checked_at = models.DateTimeField()
    checked_by = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_check"


class Hold(models.Model):
    """Nothing recorded from ``since`` to before ``until`` is disposed of while this stands, however old 「保全」."""

    id = models.UUIDField(primary_key=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.TextField()
    document = models.TextField()  # number of the order it rests on
    placed_at = models.DateTimeField()
    placed_by = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_hold"


class Lift(models.Model):
    """The end of a hold."""

    hold = models.UUIDField(primary_key=True)
    reason = models.TextField()
    lifted_at = models.DateTimeField()
    lifted_by = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_lift"


class Disposal(models.Model):
    """A segment's files were given up after fifteen years; its digests stay, and its hashes stay in the tree."""

    first_index = models.BigIntegerField(primary_key=True)
    end_index = models.BigIntegerField()
    digests = models.JSONField()  # file → SHA-256, as its manifest signed them
    reason = models.TextField()
    disposed_at = models.DateTimeField()
    disposed_by = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_disposal"


class Destruction(models.Model):
    """The key of a month's identifiers was destroyed on order (CD2016-39): by one person, agreed to by another."""

    month = models.TextField(primary_key=True)
    grounds = models.TextField()
    document = models.TextField()
    agreed_by = models.TextField()
    destroyed_at = models.DateTimeField()
    destroyed_by = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_destruction"


class Opening(models.Model):
    """A request to see identifiers, by one person with a reason; what it reaches does not grow after it was made."""

    id = models.UUIDField(primary_key=True)
    number = models.TextField()  # the one entry's receipt number; empty where an actor's entries of a time are meant
    actor = models.TextField()
    actor_name = models.TextField()
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    below = models.BigIntegerField()  # index that ends what the request reaches
    entries = models.IntegerField()
    reason = models.TextField()
    organization = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    asked_by_name = models.TextField()
    asked_for = models.TextField()  # the person stood in for 代岗
    receipt = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_opening"


class OpeningAnswer(models.Model):
    """The second person's yes or no."""

    opening = models.UUIDField(primary_key=True)
    agreed = models.BooleanField()
    reason = models.TextField()
    answered_at = models.DateTimeField()
    answered_by = models.TextField()
    answered_by_name = models.TextField()
    answered_for = models.TextField()
    receipt = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_opening_answer"


class OpeningLook(models.Model):
    """One of the two saw identifiers."""

    id = models.UUIDField(primary_key=True)
    opening = models.UUIDField()
    entries = models.IntegerField()
    looked_at = models.DateTimeField()
    looked_by = models.TextField()
    looked_by_name = models.TextField()
    receipt = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_opening_look"


class Purge(models.Model):
    """A request to destroy a month's identifier key on order (CD2016-39); another person has to agree."""

    id = models.UUIDField(primary_key=True)
    month = models.TextField()
    grounds = models.TextField()
    document = models.TextField()
    organization = models.TextField()
    organization_name = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    asked_by_name = models.TextField()
    asked_for = models.TextField()
    receipt = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_purge"


class PurgeAnswer(models.Model):
    """The second person's yes, with which the key is destroyed, or no."""

    purge = models.UUIDField(primary_key=True)
    agreed = models.BooleanField()
    reason = models.TextField()
    answered_at = models.DateTimeField()
    answered_by = models.TextField()
    answered_by_name = models.TextField()
    answered_for = models.TextField()
    receipt = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_purge_answer"
