"""Connections to departments' databases: bounded waiting, dead peers noticed, one spelling of every value.

A keyed hash needs its key inside the source. It travels in the *startup packet* as two session settings (the key's inner
and outer pads), not in a statement: PostgreSQL logs statements and bound parameters, and shows statements to others in
``pg_stat_activity``; it does neither with startup options. Whoever administers the source could still read the key from
that session's memory; they hold the plain values anyway. The key keeps the recipient from guessing, and is one per grant.
"""

from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from govshare.connectors.pads import pads

INNER, OUTER = "govshare.hash_inner", "govshare.hash_outer"

_NETWORK: Final = {
    "connect_timeout": "10",  # seconds
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",  # milliseconds
    "client_encoding": "UTF8",
}

#: Where text is made from values, it is made the same way everywhere; and only built-in functions are found.
_SPELLING: Final = {
    "search_path": "pg_catalog",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "synchronize_seqscans": "off",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "lock_timeout": "30000",  # milliseconds
}


def connect(conninfo: str, *, name: str = "govshare", hash_key: bytes = b"") -> psycopg.Connection[tuple[Any, ...]]:
    """Open a connection that waits boundedly and spells values in one way; ``name`` is what its operator sees in the session list."""
    given = {key: value for key, value in conninfo_to_dict(conninfo).items() if value is not None}
    options = str(given.pop("options", ""))
    if hash_key:
        inner, outer = pads(hash_key)
        options += f" -c {INNER}={inner.hex()} -c {OUTER}={outer.hex()}"
    arguments: dict[str, Any] = _NETWORK | given | {"application_name": name}
    if options:
        arguments["options"] = options.strip()
    connection = psycopg.connect(autocommit=True, **arguments)
    connection.execute(
        "SELECT set_config(s.name, wanted.value, false) FROM pg_catalog.pg_settings s"
        " JOIN unnest(%s::text[], %s::text[]) AS wanted (name, value) ON wanted.name = lower(s.name)",
        [list(_SPELLING), list(_SPELLING.values())],
    )
    return connection
