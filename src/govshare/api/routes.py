"""The machine API: one NinjaAPI, one router per noun."""

from govshare.api import (
    access,
    catalog,
    certificates,
    demands,
    entries,
    evidence,
    grants,
    law,
    listings,
    organizations,
    people,
    sessions,
    sources,
    transfers,
)
from govshare.api.frame import build

api = build()
api.add_router("/auth", sessions.router)
api.add_router("", law.router)
api.add_router("/organizations", organizations.router)
api.add_router("", people.router)
api.add_router("/catalog", catalog.router)
api.add_router("", entries.router)
api.add_router("", listings.router)
api.add_router("/evidence", evidence.router)
api.add_router("/front-databases", sources.router)
api.add_router("", certificates.router)
api.add_router("", demands.router)
api.add_router("", grants.router)
api.add_router("", access.router)
api.add_router("", transfers.router)
