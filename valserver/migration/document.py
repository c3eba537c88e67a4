"""The migration document in a SIP MESSAGE, alone or beside the one with the token."""

from valkit.migration import MEDIA_TYPE, MigrationRequest, NoMigration, ReturnRequest, read
from valkit.sip import Request
from valkit.sip.multipart import leaves


def document_in(request: Request) -> MigrationRequest | ReturnRequest:
    """Give the one migration document of a request. Raises NoMigration, ParseError."""
    content_type = request.content_type
    found = [] if content_type is None else list(leaves(request.body, content_type))
    documents = [part.body for part in found if part.content_type.name == MEDIA_TYPE]
    if len(documents) != 1:
        raise NoMigration(f"there is not one {MEDIA_TYPE} in it")
    return read(documents[0])
