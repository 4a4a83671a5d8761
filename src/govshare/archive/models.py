"""What the archive knows of its segments, and what is asked of it. Rows are only ever added, also where something ends: the rights
that the migrations leave the program are for inserting.
"""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from govshare.archive.openings import OPEN_FOR


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


class Asked(models.Model):
    """What one person asks and a second has to agree to (PC-114, PC-120)."""

    open_for: ClassVar[timedelta]  # what was agreed to may be used for so long

    id = models.UUIDField(primary_key=True)
    organization = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    asked_by_name = models.TextField()
    asked_for = models.TextField()  # the person stood in for 代岗
    receipt = models.TextField()

    class Meta:
        abstract = True


class Answer(models.Model):
    """The second person's yes or no; its key is that of what was asked."""

    agreed = models.BooleanField()
    reason = models.TextField()
    answered_at = models.DateTimeField()
    answered_by = models.TextField()
    answered_by_name = models.TextField()
    answered_for = models.TextField()
    receipt = models.TextField()

    class Meta:
        abstract = True


class Opening(Asked):
    """A request to see identifiers, by one person with a reason; what it reaches does not grow after it was made."""

    open_for = OPEN_FOR

    number = models.TextField()  # the one entry's receipt number; empty where an actor's entries of a time are meant
    actor = models.TextField()
    actor_name = models.TextField()
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    below = models.BigIntegerField()  # index that ends what the request reaches
    entries = models.IntegerField()
    reason = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_opening"


class OpeningAnswer(Answer):
    """With a yes the two of them may look."""

    opening = models.UUIDField(primary_key=True)

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


class Purge(Asked):
    """A request to destroy a month's identifier key on order (CD2016-39)."""

    open_for = timedelta(0)  # it is done with the yes

    month = models.TextField()
    grounds = models.TextField()
    document = models.TextField()
    organization_name = models.TextField()

    class Meta:
        managed = False
        db_table = "archive_purge"


class PurgeAnswer(Answer):
    """With a yes the key is destroyed."""

    purge = models.UUIDField(primary_key=True)

    class Meta:
        managed = False
        db_table = "archive_purge_answer"
