"""The machine API: one NinjaAPI, one router per room."""

from govshare.api import sessions
from govshare.api.frame import build

api = build()
api.add_router("/auth", sessions.router)
