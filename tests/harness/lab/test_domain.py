from pathlib import Path
from typing import Any

from twisted.internet import reactor as the_reactor  # noqa: TID251  a domain needs the real one

from harness.lab.chance import Chance
from harness.lab.domain import Domain
from harness.lab.lab import Lab
from harness.lab.wire import Wire
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab

reactor: Any = the_reactor


class Server:
    """A server that says when it starts and stops."""

    def __init__(self, name: str, said: list[str]) -> None:
        self.name = name
        self.said = said

    async def start(self) -> None:
        """Say it."""
        self.said.append(f"{self.name} starts")

    async def stop(self) -> None:
        """Say it."""
        self.said.append(f"{self.name} stops")


async def test_servers_start_in_their_order_and_stop_in_reverse(monkeypatch: Any, tmp_path: Path) -> None:
    """One that the plan does not want is not made; each is made when those before it run."""
    said = list[str]()

    def make(name: str) -> Any:
        def made(domain: Domain) -> Server:
            said.append(f"{name} after {', '.join(domain.programs) or 'nobody'}")
            return Server(name, said)

        return made

    servers = {"one": make("one"), "two": make("two"), "three": lambda _: None}
    monkeypatch.setattr("harness.lab.domain.SERVERS", servers)
    plan = read_lab(SHIPPED / "home.yaml")[0]
    lab = Lab._of(plan.model_copy(update={"ues": {}}), reactor, Chance("seed"), tmp_path, Wire)
    await lab.home.open()
    assert list(lab.programs) == ["one", "two"]
    await lab.stop()
    assert said == [
        "one after nobody",
        "one starts",
        "two after one",
        "two starts",
        "two stops",
        "one stops",
    ]


async def test_the_token_of_the_group_management_server_is_its_owners_alone() -> None:
    """As every token that is kept in a file."""
    lab = await Lab.start(read_lab(SHIPPED / "seal.yaml")[0], reactor)
    try:
        assert lab.home.around.ground.token_of_gms.stat().st_mode & 0o777 == 0o600
    finally:
        await lab.stop()
