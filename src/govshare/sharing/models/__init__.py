"""Tables of sharing. Raised demands, histories and grants are kept from being rewritten by the database itself."""

from govshare.sharing.models.attachments import Attachment
from govshare.sharing.models.books import Notice, NumberBook, PlanEpoch
from govshare.sharing.models.demands import Demand, DemandItem, Event
from govshare.sharing.models.grants import Grant, GrantItem

__all__ = ["Attachment", "Demand", "DemandItem", "Event", "Grant", "GrantItem", "Notice", "NumberBook", "PlanEpoch"]
