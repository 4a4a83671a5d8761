"""Attachments, and the files they stand for: only to who sees the demand, only unchanged."""

import hashlib
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound, Unavailable
from govshare.sharing.models import Attachment
from govshare.sharing.queries import demands
from govshare.sharing.rules.attachments import KINDS
from govshare.sharing.rules.demands import OWN_CHECK


def get(attachment_id: UUID, *, by: Actor) -> Attachment:
    """One attachment; NotFound when there is none or ``by`` may not see its demand."""
    found = Attachment.objects.filter(id=attachment_id, demand__in=demands.visible(by)).first()
    if found is None:
        raise NotFound("没有这个附件，或者您无权查看", basis=OWN_CHECK)
    return found


def open_file(*, attachment: UUID, by: Actor) -> tuple[Attachment, BinaryIO]:
    """The file, for reading; raises Unavailable when what lies on the disk is not what was attached."""
    found = get(attachment, by=by)
    try:
        file = path_of(found.digest).open("rb")
    except FileNotFoundError:
        raise Unavailable("附件文件缺失，请告知运维人员从备份恢复", basis=KINDS) from None
    if hashlib.file_digest(file, "sha256").hexdigest() != found.digest:
        file.close()
        raise Unavailable("附件文件与登记的摘要不符，不予提供，请告知运维人员", basis=KINDS)
    file.seek(0)
    return found, file


def path_of(digest: str) -> Path:
    """Where content is kept, by the SHA-256 of it in hexadecimal."""
    return Path(settings.GOVSHARE_UPLOADS) / digest[:2] / digest
