"""The hosting database: what the platform keeps for departments, apart from its own. Knows SQL, and nobody above it.

Each department has a schema that its reading account may read and nobody else; ``govshare`` holds ledger, history and
quarantine, ``govshare_staging`` what was uploaded and waits. All of it belongs to the hosting role, and to no reader.
"""
