"""Services held against their descriptions (OpenAPI): schemathesis makes the requests it can think of.

Each server runs in a process of its own, and is asked over verified HTTPS.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import schemathesis
from attrs import frozen
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance


@frozen
class Server:
    """A server that runs."""

    url: str
    authorities: Path


@contextmanager
def serving(name: str, config: Path) -> Iterator[Server]:
    """Run `python -m seal.NAME` with this file, whose lab authority is in the folder `ca` beside it."""
    command = [sys.executable, "-m", f"seal.{name}", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        ready = re.match(rf"{name} is ready: {name}=(\S+)", process.stdout.readline())
        assert ready is not None
        yield Server(ready[1], config.parent / "ca" / "authority.pem")
        process.terminate()
        process.communicate(timeout=20)


def operations(description: Mapping[str, Any]) -> list[Any]:
    """Give every operation that is described; who reads the description understands each."""
    found = list(schemathesis.openapi.from_dict(dict(description)).get_all_operations())
    good = [each.ok() for each in found if isinstance(each, Ok)]
    assert len(good) == len(found)
    return good


def holds(
    server: Server,
    operation: Any,
    token: str,
    root: str = "",
    *,
    examples: int = 15,
    known: Mapping[str, Any] | None = None,
) -> None:
    """Ask whatever can be asked: each answer must be one of those described, and no failure.

    Every other time what is `known` there takes the place of parameters, members and bodies that are made up, by name;
    a body's name is its media type. So not only refusals come back.
    """

    @how(max_examples=examples, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(), st.booleans())
    def ask(case: schemathesis.Case[Any], knowing: bool) -> None:
        if knowing:
            _put_in(case, known or {})
        case.call_and_validate(
            base_url=server.url + root,
            headers={"Authorization": f"Bearer {token}"},
            verify=str(server.authorities),
            # whether a document fits who asks and when is not its shape; and what was put in may have made it good
            excluded_checks=[positive_data_acceptance, *([negative_data_rejection] if knowing else [])],
        )

    ask()


def _put_in(case: schemathesis.Case[Any], known: Mapping[str, Any]) -> None:
    for place in (case.path_parameters, case.query, case.body):
        if isinstance(place, dict):
            place.update({name: value for name, value in known.items() if name in place})
    if case.media_type is not None and case.media_type in known:
        case.body = known[case.media_type]
