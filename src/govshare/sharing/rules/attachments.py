"""What may be attached to a demand (PC-39 to PC-41). Pure."""

from govshare.regulation.conventions import convention
from govshare.regulation.files import FileType, Intake

SIZE = convention("PC-39")
KINDS = convention("PC-40")
COUNT = convention("PC-41")

ATTACHMENTS = Intake(what="附件", types=tuple(FileType), by_type=KINDS, by_size=SIZE)
