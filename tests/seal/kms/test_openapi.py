"""The description of the service, and the service held against it: schemathesis makes the requests it can think of."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from attrs import frozen
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from seal.kms.openapi import DESCRIPTION
from tests.seal.kms.test_main import TOKEN, written
from valkit.keymanagement.resources import ROOT, CertCache, Init, KeyProv, Provision

FOUND = schemathesis.openapi.from_dict(DESCRIPTION).get_all_operations()
OPERATIONS = [found.ok() for found in FOUND if isinstance(found, Ok)]


@frozen
class Server:
    """A server in a process of its own."""

    url: str
    authorities: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give one."""
    folder = tmp_path_factory.mktemp("kms")
    command = [sys.executable, "-m", "seal.kms", "--config", str(written(folder))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        ready = re.match(r"kms is ready: kms=(\S+)", process.stdout.readline())
        assert ready is not None
        yield Server(ready[1], folder / "ca" / "authority.pem")
        process.terminate()
        process.communicate(timeout=20)


def test_it_has_every_resource() -> None:
    """Each that can be asked for, and no other; and schemathesis understands what is said of each."""
    assert len(OPERATIONS) == len(DESCRIPTION["paths"])
    described = {f"{ROOT}{path}" for path in DESCRIPTION["paths"]}
    assert described == {
        Init().path,
        KeyProv().path,
        f"{KeyProv().path}/{{uri}}",
        f"{KeyProv().path}/{{uri}}/{{time}}",
        CertCache().path,
        f"{CertCache().path}/{{number}}",
        Provision("x").path.replace("/x", "/{uri}"),
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.path)
@pytest.mark.parametrize("token", [TOKEN, "none"], ids=["token", "no token"])
def test_the_service_does_what_it_says(server: Server, operation: Any, token: str) -> None:
    """Whatever is asked, the answer is one of those described, and it is no failure: over verified HTTPS."""

    @how(max_examples=15, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy())
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(
            base_url=server.url + ROOT,
            headers={"Authorization": f"Bearer {token}"},
            verify=str(server.authorities),
            excluded_checks=[positive_data_acceptance],  # whether a document fits token, time and KMS is not its shape
        )

    ask()
