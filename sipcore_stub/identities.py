"""Whose a REGISTER is: the private identity it claims and the public one it registers (TS 23.003 13.3, 13.4)."""

from valkit.sip.message import Request


def impu_of(request: Request) -> str:
    """Give the IMPU in canonical spelling: the address of record in To (RFC 3261 10.3 step 5)."""
    return request.to.address.aor()


def impi_of(request: Request) -> str:
    """Give the IMPI; a UE without credentials has the one that its IMPU spells (TS 24.229 5.3.1.2)."""
    credentials = request.authorization
    claimed = credentials.get("username") if credentials else None
    return claimed or impu_of(request).partition(":")[2]
