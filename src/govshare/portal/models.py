"""What the portal keeps for one person. It belongs to the person, not to a post, and is nobody else's business."""

from django.db import models
from django.db.models import Q

from govshare.catalog.models import Entry
from govshare.kernel.choices import TextChoices
from govshare.kernel.ids import new_id
from govshare.organizations.models import Person


class Language(TextChoices):
    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class Favourite(models.Model):
    """An information resource that a person wants to find again 「收藏」."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    noted_by = models.CharField(max_length=64)

    class Meta:
        db_table = "portal_favourite"
        constraints = [models.UniqueConstraint(fields=["person", "entry"], name="portal_favourite_once")]


class SavedSearch(models.Model):
    """A list's address with its filters, under a name of the person's own. ``query`` is the query string without its question mark."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=200)  # path of the list
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=64)

    class Meta:
        db_table = "portal_saved_search"
        constraints = [
            models.UniqueConstraint(fields=["person", "page", "name"], name="portal_saved_search_once"),
            models.CheckConstraint(condition=Q(page__startswith="/") & ~Q(name=""), name="portal_saved_search_named"),
        ]


class SeenNotice(models.Model):
    """A notice the person has looked at; ``key`` names it as ``notices`` does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    seen_at = models.DateTimeField()
    seen_by = models.CharField(max_length=64)

    class Meta:
        db_table = "portal_seen_notice"
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="portal_seen_notice_once")]


class Preference(models.Model):
    """How a person wants the portal."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="+")
    language = models.CharField(max_length=10, choices=Language.choices, default=Language.CHINESE)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=64)

    class Meta:
        db_table = "portal_preference"
        constraints = [models.CheckConstraint(condition=Q(language__in=Language.values), name="portal_preference_language")]


class KeptForm(models.Model):
    """What was typed into the form at ``page`` when the session ended or the line was lost; sealed, for its writer alone (PC-81)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=500)
    sealed = models.BinaryField()
    kept_at = models.DateTimeField(db_index=True)
    kept_by = models.CharField(max_length=64)

    class Meta:
        db_table = "portal_kept_form"
        constraints = [
            models.UniqueConstraint(fields=["person", "page"], name="portal_kept_form_once"),
            models.CheckConstraint(condition=Q(page__startswith="/"), name="portal_kept_form_page"),
        ]


class SentForm(models.Model):
    """A form that was sent and did what it says; ``key`` is the digest of its page's one-time token and its address (PC-83)."""

    key = models.CharField(max_length=64, primary_key=True)
    sent_at = models.DateTimeField(db_index=True)
    sent_by = models.CharField(max_length=64)

    class Meta:
        db_table = "portal_sent_form"
        constraints = [models.CheckConstraint(condition=Q(key__regex="^[0-9a-f]{64}$"), name="portal_sent_form_key")]
