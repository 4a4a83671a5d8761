"""Certificates, signatures, paths and revocation lists, RSA, ECDSA and SM2 alike (RFC 5280, GM/T 0015). Pure: no database, no clock."""
