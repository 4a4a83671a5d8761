"""What is wrong with a certificate or a list."""

from typing import Final

from cryptography import x509


class Untrusted(Exception):
    """Show another certificate: this one, or the list, cannot be read or does not hold. The message says why, in Chinese."""


#: Everything the parser raises for what is not a proper certificate or list.
MALFORMED: Final = (ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
