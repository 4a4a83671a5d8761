"""Attachments, and the files they stand for: only to who sees the demand, only unchanged."""

from typing import BinaryIO
from uuid import UUID

from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound
from govshare.papers.shelf import Shelf
from govshare.sharing.models import Attachment
from govshare.sharing.queries import demands
from govshare.sharing.rules.attachments import KINDS
from govshare.sharing.rules.demands import OWN_CHECK

SHELF = Shelf(what="附件", basis=KINDS)


def get(attachment_id: UUID, *, by: Actor) -> Attachment:
    """One attachment; NotFound when there is none or ``by`` may not see its demand."""
    found = Attachment.objects.filter(id=attachment_id, demand__in=demands.visible(by)).first()
    if found is None:
        raise NotFound("没有这个附件，或者您无权查看", basis=OWN_CHECK)
    return found


def open_file(*, attachment: UUID, by: Actor) -> tuple[Attachment, BinaryIO]:
    """The file, for reading; raises Unavailable when what lies on the disk is not what was attached."""
    found = get(attachment, by=by)
    return found, SHELF.open(found.digest)
