"""The site without sockets and threads: bytes of a request in, status, headers and body out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from twisted.internet.task import Clock

from seal.access import Guard
from seal.kms.authority import Authority, MasterSecrets
from seal.kms.desk import Desk, Window
from seal.kms.external import Externals
from seal.kms.kept import State
from seal.kms.keymaker import KeyMaker
from seal.kms.ledger import Ledger
from seal.kms.provisioned import ProvisionedKeys
from seal.kms.settings import SCOPE
from seal.kms.site import KmsSite
from seal.kms.vault import Vault, VaultSettings
from tests.seal.idms.in_memory import Connection, Got
from tests.seal.kms.parts import ALICE, ISSUER, KEY, KMS_URI, settings
from valkit.idbased.uid import KeyPeriods
from valkit.ids import SeededIds
from valkit.net.web import _QuietSite, _request_factory
from valkit.tokens import Grant, mint
from valkit.trace import Note

NOW = 1_795_000_000.0
SECRETS = MasterSecrets.generate(SeededIds("kms"), NOW - 1000)
AUTHORITY = Authority.of(SECRETS, KMS_URI, KeyPeriods(), 1e9)


class Here:
    """Does work where it is called."""

    async def run(self, work: Callable[..., Any], *arguments: object) -> Any:
        """Do it now."""
        return work(*arguments)


HERE: Any = Here()


def vault(folder: Path) -> Vault:
    """Open a vault in a folder."""
    told = VaultSettings(folder=folder / "vault", key_file=folder / "vault.key")
    return Vault.open(told, {}, SeededIds("vault"))


def ledger(kept: Vault, state: State = State(), most: int = 100) -> Ledger:  # noqa: B008  a value
    """Give a ledger that keeps in this vault."""
    return Ledger(state, ProvisionedKeys(kept, most), kept, HERE)


class Site:
    """The application."""

    def __init__(self, folder: Path, state: State = State()) -> None:  # noqa: B008  a value
        self.notes: list[Note] = []
        clock: Any = Clock()
        clock.advance(NOW)
        guard = Guard.of(settings(folder).access, None, clock, who="kms", scope=SCOPE, observe=self.notes.append)
        self.vault = vault(folder)
        keys = KeyMaker(AUTHORITY, HERE, 10)
        desk = Desk(
            keys, ledger(self.vault, state), Window(1, 1), Externals(KMS_URI), frozenset(), 300.0, self.notes.append
        )
        self._app = KmsSite(desk, guard, clock).app

    def token(self, user: str = ALICE, **claims: object) -> str:
        """Mint a token that holds."""
        said = {"scope": SCOPE, **claims}
        return mint(KEY, Grant(ISSUER, "val-server", user, ("dispatch",), "j1", NOW, 3_600.0, extra=said))

    def ask(self, method: str, path: str, body: bytes = b"", token: str | None = None) -> Got:
        """Send a request, with alice's token unless another is given, and give the answer."""
        factory: Any = cast(Any, _QuietSite)(
            self._app.resource(), reactor=Clock(), requestFactory=_request_factory(65_536)
        )
        transport: Any = cast(Any, Connection)()
        protocol = factory.buildProtocol(None)
        protocol.makeConnection(transport)
        heads = {"Host": "here", "Connection": "close", "Content-Length": str(len(body))}
        heads["Authorization"] = f"Bearer {self.token() if token is None else token}"
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in heads.items()), "", ""]
        protocol.dataReceived("\r\n".join(lines).encode("utf-8", "surrogateescape") + body)
        head, _, text = transport.value().partition(b"\r\n\r\n")
        return Got(int(head.split()[1]), head, text)
