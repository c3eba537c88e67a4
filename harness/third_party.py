"""Which REGISTER tells of somebody else, in messages that were seen and in the templates of SIPp alike. Pure."""

from valkit.sip import Message, ParseError, Request
from valkit.sip.uri import unescape


def is_third_party(message: Message) -> bool:
    """Whether a message is a REGISTER by which a core tells of somebody else: From is not whom To names.

    A phone proves itself by a Digest, a core never does; a core may move the UE's token into a header of its own.
    """
    if not isinstance(message, Request) or message.method != "REGISTER":
        return False
    if any(value.lower().startswith("digest") for value in message.headers.all("Authorization")):
        return False
    try:
        return names_another(message.from_.uri, message.to.uri)
    except ParseError:
        return False


def names_another(sender: str, whom: str) -> bool:
    """Whether the URI of From names another user than that of To, or none where that one does (RFC 3261 10.2).

    Hosts and ports are no matter: by default SIPp has its own address in From and the core's in To, for one user.
    """
    return _named(sender) != _named(whom)


def _named(uri: str) -> str:
    """Give the user, or the number; the whole URI where it names none."""
    scheme, _, rest = uri.partition(":")
    if scheme.lower() == "tel":
        return rest.partition(";")[0].translate(str.maketrans("", "", "-.()"))
    user, at, _ = rest.partition("@")
    return unescape(user.partition(";")[0].partition(":")[0]) if at and scheme.lower() in {"sip", "sips"} else uri
