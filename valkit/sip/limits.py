"""How much of a peer's message is read before it is refused; RFC 3261 sets no bounds, so a server has to."""

from attrs import frozen


@frozen
class Limits:
    """Bounds of one message; going beyond any of them is a ParseError."""

    size: int = 65_535
    """Bytes of a whole message: what one UDP datagram can carry (RFC 3261 18.1.1); beyond it the answer is 513."""

    headers: int = 256
    """Header lines of a message, or of a body part, each line of a folded header counted."""

    line: int = 16_384
    """Characters of one header line, its folds included: room for a token in an Authorization header."""

    parts: int = 32
    """Parts of one multipart body."""

    depth: int = 4
    """Multiparts within multiparts."""


LIMITS = Limits()
"""The bounds that hold where nobody chose others."""
