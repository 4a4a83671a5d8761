"""The machine API: one NinjaAPI, one router per room."""

from ninja import NinjaAPI

from govshare import __version__

api = NinjaAPI(title="锦享 GovShare", version=__version__, docs_url=None, openapi_url="openapi.json")
