"""What a VAL client says to a VAL server about its migration, in the body of a SIP MESSAGE (clause 5.X.5, step 1).

SEAL and the MCX specifications have no stage 3 for this request; the encoding is this kit's own (`docs/migration.md`).
The access token travels beside it, in the document that the VAL service has for tokens. Pure.
"""

import re
from xml.sax.saxutils import escape

from attrs import frozen

from valkit.carriers.errors import CarrierError
from valkit.carriers.hardened import well_formed

MEDIA_TYPE = "application/vnd.val.migration+xml"
NAMESPACE = "urn:val:ns:migration:1.0"

_is_id = re.compile(r"[A-Za-z0-9-]{8,64}").fullmatch
_is_name = re.compile(r"[!-~]{1,255}").fullmatch


class NoMigration(ValueError):
    """The document cannot be read; the text says why."""


@frozen
class MigrationRequest:
    """The user wants to be served in the domain of the server that it is sent to."""

    id: str
    """Names this attempt: repeated with the same one, it is the same attempt."""
    home_domain: str
    home_user: str
    """The VAL user ID in the primary system (TS 23.280 table 10.6.3.2.1-1)."""
    user_profile: int = 0
    """Index of the user profile that the user goes by."""


@frozen
class ReturnRequest:
    """The user is back, and wants to be served by the server of its own domain, which it is sent to."""

    id: str


def written(wanted: MigrationRequest | ReturnRequest) -> bytes:
    """Write a document."""
    root = f'<?xml version="1.0" encoding="UTF-8"?>\r\n<migration xmlns="{NAMESPACE}" id="{wanted.id}">'
    if isinstance(wanted, ReturnRequest):
        return f"{root}<return/></migration>\r\n".encode()
    return (
        f"{root}<home-domain>{escape(wanted.home_domain)}</home-domain><home-user>{escape(wanted.home_user)}</home-user>"
        f"<user-profile>{wanted.user_profile}</user-profile></migration>\r\n"
    ).encode()


def read(body: bytes) -> MigrationRequest | ReturnRequest:
    """Read a document; NoMigration if it is none, or says more or less than it must."""
    try:
        root = well_formed(body)
    except CarrierError as error:
        raise NoMigration(str(error)) from None
    if root.tag != f"{{{NAMESPACE}}}migration" or not _is_id(root.get("id", "")):
        raise NoMigration("the root is no migration with an id of 8 to 64 letters, digits and hyphens")
    told: dict[object, str] = {}
    for child in root:
        if child.tag in told or len(child):
            raise NoMigration("an element is there twice, or has others in it")
        told[child.tag] = (child.text or "").strip()
    names = {f"{{{NAMESPACE}}}{name}": name for name in ("home-domain", "home-user", "user-profile", "return")}
    if not told.keys() <= names.keys():
        raise NoMigration("there is an element that is not known")
    return _made(root.get("id", ""), {names[str(tag)]: text for tag, text in told.items()})


def _made(id_: str, told: dict[str, str]) -> MigrationRequest | ReturnRequest:
    if told == {"return": ""}:
        return ReturnRequest(id_)
    profile = told.get("user-profile", "0")
    domain, user = told.get("home-domain", ""), told.get("home-user", "")
    if "return" in told or not _is_name(domain) or not _is_name(user) or not re.fullmatch("[0-9]{1,3}", profile):
        raise NoMigration("home-domain and home-user are names, user-profile is a number, or there is return alone")
    return MigrationRequest(id_, domain, user, int(profile))
