"""Where a SEAL server is reached by HTTPS, as its settings say it."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

from valkit.settings import HttpsOrigin, Settings

Port = Annotated[int, Field(ge=0, le=65_535)]


class ListenSettings(Settings):
    """Where the server is reached, by HTTPS."""

    host: str
    """The IP address to listen on; the certificate names it."""
    port: Port = 8443
    """0 takes a free one."""
    url: HttpsOrigin | None = None
    """How clients reach it, when not by host and port."""

    @property
    def names(self) -> tuple[str, ...]:
        """What clients may call it: its address, and the name in its URL."""
        name = urlsplit(self.url or "").hostname
        return (self.host, name) if name and name != self.host else (self.host,)
