"""Why a connection ended, in words for people: what TLS found wrong, and who spoke TLS where the other did not.

OpenSSL's own words name the line of the standard that was broken, not what somebody set up wrongly.
"""

from collections.abc import Iterable

from OpenSSL.SSL import Error
from service_identity import VerificationError
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure

ALERT = b"\x15\x03"
"""How a TLS alert begins (RFC 5246 6.2.1): what a TLS port says to whoever speaks without."""

HELLO = b"\x16\x03"
"""How a TLS handshake begins: what comes to a TCP port from whoever takes it for one of TLS."""

NO_TLS = "no TLS is spoken there"
ONLY_TLS = "what answers there speaks TLS, and was spoken to without"
SILENT = "the peer closed the connection without a word; perhaps it takes TLS only"
UNFINISHED = "the peer closed the connection before TLS stood; perhaps no TLS is spoken there"

SENTENCES = (
    ("certificate verify failed", "the certificate shown is of no authority that is trusted here (tls)"),
    ("unknown ca", "the peer does not trust our certificate's authority"),
    ("bad certificate", "the peer does not accept our certificate"),
    ("certificate unknown", "the peer does not accept our certificate"),
    ("wrong version number", NO_TLS),
    ("packet length too long", NO_TLS),
    ("http request", NO_TLS),
    ("unexpected message", NO_TLS),
    ("record layer failure", NO_TLS),
    ("no shared cipher", "both sides have no cipher suite in common"),
    ("unsupported protocol", "both sides have no version of TLS in common"),
    ("protocol version", "both sides have no version of TLS in common"),
)
"""What OpenSSL says, and what it means."""


def why(reason: Failure, *, stood: bool = True, silent: bool = False) -> str:
    """Say why a connection is no more, over which TLS perhaps never `stood`, or to which nothing was ever said."""
    if reason.check(ConnectionDone, ConnectionLost) and (silent or not stood):
        return UNFINISHED if not stood else SILENT
    if reason.check(ConnectionDone):
        return "the peer closed the connection"
    return broken_tls(reason) or reason.getErrorMessage()


def broken_tls(reason: Failure) -> str:
    """Say what was wrong with TLS; nothing if it was something else."""
    if reason.check(VerificationError):
        return "the certificate shown is for another name or address"
    if not isinstance(reason.value, Error):
        return ""
    said = "; ".join(_said(reason.value.args)) or "it was broken off"
    return next((sentence for words, sentence in SENTENCES if words in said), f"TLS failed: {said}")


def _said(args: Iterable[object]) -> Iterable[str]:
    """Give the last part of each of OpenSSL's entries (library, function, reason)."""
    return (str(entry[-1]) for found in args if isinstance(found, list) for entry in found if entry)
