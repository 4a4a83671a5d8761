"""What one request carries along without being passed by hand: its id, and nothing else."""

from contextvars import ContextVar

REQUEST_ID: ContextVar[str] = ContextVar("govshare_request_id", default="")
