"""What the token endpoint gives per second, beside its signatures alone, and how long a refresh waits beside log-ins.

python -m bench.idms
"""

from collections.abc import Callable, Coroutine
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time, time
from typing import Any

from authlib.oauth2.rfc7636.challenge import create_s256_code_challenge
from twisted.internet import task
from twisted.internet.defer import Deferred, gatherResults

from seal.idms.endpoints.token import TokenEndpoint
from seal.idms.grants import assertion, exchange
from seal.idms.grants.desk import Desk
from seal.idms.parameters import Parameters
from seal.idms.proving.clients import ClientAuthentication
from seal.idms.proving.hashing import PasswordChecks
from seal.idms.proving.methods import offered
from seal.idms.records import Client, Code, Partner, User
from seal.idms.settings import TokenSettings
from seal.idms.stores.store import Store
from seal.idms.stores.store_memory import MemoryStore
from seal.idms.stores.store_sql import open_store
from seal.idms.tokens.issuing import Issuer
from seal.idms.tokens.keys import KeyRing
from seal.idms.tokens.own_tokens import OwnTokens
from seal.secrets import digest
from valkit.ids import SystemIds
from valkit.tokens import KeySet, jwks

TIMES = 300
AT_ONCE = 20
RETURN = "http://127.0.0.1/callback"
VERIFIER = "v" * 43
HOME, AWAY = "https://idms.home.example", "https://idms.partner.example"


class Served:
    """A token endpoint on a store, without the HTTP around it."""

    def __init__(self, store: Store, keys: KeyRing, checks: PasswordChecks, name: str = HOME) -> None:
        self.store = store
        self.keys = keys
        methods = offered(checks.check, store)
        issuer = Issuer(name, keys, TokenSettings(), SystemIds())
        tokens = OwnTokens(issuer.name, keys, store)
        desk = Desk(store, issuer, methods, lambda _what, _fields: None, tokens, (issuer.name,))
        self.endpoint = TokenEndpoint(ClientAuthentication(store, ()), desk)
        self.tokens: dict[int, str] = {}
        """The refresh token that came last."""
        self.access_tokens: dict[int, str] = {}

    async def prepare(self) -> None:
        """Provision, and give codes out."""
        await self.store.add_client(Client("app", redirect_uris=(RETURN,), scopes=("openid",)))
        await self.store.add_user(User("alice", "alice", "some hash", val_service_ids=("dispatch", "video", "data")))
        challenge = create_s256_code_challenge(VERIFIER)
        for number in range(TIMES):
            hashed, ends = digest(f"c{number}"), time() + 600
            code = Code(hashed, f"f{number}", "app", RETURN, "alice", "openid", challenge, "a", time(), ends)
            await self.store.put_code(code)

    async def exchange(self, number: int) -> None:
        """Bring a code."""
        form = {"grant_type": "authorization_code", "code": f"c{number}", "redirect_uri": RETURN}
        await self._answered(number, form | {"code_verifier": VERIFIER})

    async def refresh(self, number: int) -> None:
        """Bring the refresh token that came last."""
        await self._answered(number, {"grant_type": "refresh_token", "refresh_token": self.tokens[number]})

    async def _answered(self, number: int, form: dict[str, str]) -> None:
        members = await self.endpoint.answer(Parameters(form | {"client_id": "app"}), None, time())
        self.tokens[number] = str(members["refresh_token"])
        self.access_tokens[number] = str(members["access_token"])


class Journey:
    """From a home domain to a partner, whose tokens have no ID token beside them."""

    def __init__(self, home: Served, away: Served) -> None:
        self.home = home
        self.away = away
        self.security_tokens: dict[int, str] = {}

    async def prepare(self) -> None:
        """Agree; alice is at home in the one domain, and a guest in the other."""
        await self.home.store.add_partner(Partner(AWAY))
        keys = self.home.keys.jwks()
        await self.away.store.add_partner(Partner(HOME, keys=keys, guests={"alice": "g"}))
        await self.away.store.add_user(User("g", "g", val_service_ids=("rescue",)))
        await self.away.store.add_client(Client("app", scopes=("3gpp:seal:val_service",)))

    async def exchange(self, number: int) -> None:
        """Exchange an access token."""
        form = {"grant_type": exchange.NAME, "subject_token_type": exchange.ACCESS_TOKEN, "resource": AWAY}
        parameters = Parameters(form | {"client_id": "app", "subject_token": self.home.access_tokens[number]})
        members = await self.home.endpoint.answer(parameters, None, time())
        self.security_tokens[number] = str(members["access_token"])

    async def present(self, number: int) -> None:
        """Bring the security token to the partner."""
        form = {"grant_type": assertion.NAME, "client_id": "app", "assertion": self.security_tokens[number]}
        await self.away.endpoint.answer(Parameters(form), None, time())


async def rate(work: Callable[[int], Coroutine[Any, Any, None]]) -> str:
    """Do it `TIMES` times, so many at once; gives how many a second, by the clock and by CPU time."""
    began, cpu = perf_counter(), process_time()
    for first in range(0, TIMES, AT_ONCE):
        batch: list[Any] = [Deferred.fromCoroutine(work(number)) for number in range(first, first + AT_ONCE)]
        await gatherResults(batch, consumeErrors=True)
    return f"{TIMES / (perf_counter() - began):8.0f}/s {TIMES / (process_time() - cpu):8.0f}/core-s"


async def waits(served: Served) -> str:
    """Time each refresh, one after the other; gives median and p99 in milliseconds."""
    times = []
    for number in range(TIMES):
        began = perf_counter()
        await served.refresh(number)
        times.append((perf_counter() - began) * 1000)
    cuts = quantiles(times, n=100)
    return f"median {cuts[49]:6.2f} ms, p99 {cuts[98]:6.2f} ms"


async def measure(reactor: Any, folder: Path) -> None:
    """Measure and print everything."""
    checks = PasswordChecks(reactor, 2, 100)
    try:
        await measured(reactor, folder, checks)
    finally:
        checks.stop()


async def measured(reactor: Any, folder: Path, checks: PasswordChecks) -> None:
    """Measure with these password checks."""
    keys = KeyRing(folder / "keys", ("ES256", "RS256"), 86_400.0, time())

    async def signed(_number: int) -> None:
        for algorithm in ("ES256", "RS256"):
            keys.signer(algorithm).sign(b"x" * 400)

    keys_away = KeyRing(folder / "away", ("ES256", "RS256"), 86_400.0, time())
    key = keys.signer("ES256")
    text = b"x" * 400
    signature = key.sign(text)
    verify, public = KeySet.from_jwks(jwks(key)).keys[0].prepared("ES256")

    async def checked_and_signed(_number: int) -> None:
        verify(text, public, signature)
        key.sign(text)

    print(f"{TIMES} requests, {AT_ONCE} at once; an answer has an access token (ES256) and an ID token (RS256)")
    print(f"{'two signatures alone':28}{await rate(signed)}")
    print(f"{'ES256 alone: check and sign':28}{await rate(checked_and_signed)}")
    stores: dict[str, Store] = {"memory": MemoryStore(), "sqlite": open_store(f"sqlite:///{folder}/s.sqlite", reactor)}
    away = open_store(f"sqlite:///{folder}/away.sqlite", reactor)
    stores_away: dict[str, Store] = {"memory": MemoryStore(), "sqlite": away}
    for name, store in stores.items():
        served = Served(store, keys, checks)
        await served.prepare()
        print(f"{'code exchange, ' + name:28}{await rate(served.exchange)}")
        print(f"{'refresh, ' + name:28}{await rate(served.refresh)}")
        journey = Journey(served, Served(stores_away[name], keys_away, checks, AWAY))
        await journey.prepare()
        print(f"{'token exchange, ' + name:28}{await rate(journey.exchange)}")
        print(f"{'tokens for it, ' + name:28}{await rate(journey.present)}")
        await journey.away.store.close()
        print(f"{'refresh alone, ' + name:28}{await waits(served)}")
        print(f"{'... while 4 log in, ' + name:28}{await beside_log_ins(served, checks)}")
        await store.close()


async def beside_log_ins(served: Served, checks: PasswordChecks) -> str:
    """Time refreshes while four people log in all the time."""
    going = True

    async def log_in() -> None:
        while going:
            await checks.check("", "x")

    people: list[Any] = [Deferred.fromCoroutine(log_in()) for _ in range(4)]
    told = await waits(served)
    going = False
    await gatherResults(people)
    return told


def main() -> None:
    """Measure in a folder of its own."""
    with TemporaryDirectory() as folder:
        task.react(lambda reactor: Deferred.fromCoroutine(measure(reactor, Path(folder))))


if __name__ == "__main__":
    try:
        main()
    except SystemExit as done:
        if done.code:
            raise
