"""What a phone is told of its key management server."""

from pathlib import Path

from ue_sim.trusting import trusted
from valkit.net.tls import Tls
from valkit.settings import HttpsUrl, Settings


class KeySettings(Settings):
    """The way to one key management server (S-KMS)."""

    url: HttpsUrl
    """The server, as https://127.0.0.5:8443, without a path."""
    kms_uri: str | None = None
    """The name that it must have in its certificate. Without it, it is believed what it says of itself."""
    authority: Path = Path("val-ca/authority.pem")
    """PEM file with who vouches for the server's TLS certificate, and for the proxy's."""
    proxy: HttpsUrl | None = None
    """The HTTP proxy to ask by way of (C-1), as https://127.0.0.71:8443; without it, straight to the server."""
    kept: Path = Path("val-keys.json")
    """File that keeps what was fetched, readable by its owner only."""

    def trusted(self) -> Tls:
        """Give whom the client trusts. OSError, ValueError if the file is not to be read or of no use."""
        return trusted(self.authority)
