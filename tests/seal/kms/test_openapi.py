"""The description of the service, and the service held against it."""

from collections.abc import Iterator
from typing import Any

import pytest

from seal.kms.openapi import description
from tests.described import Server, holds, operations, serving
from tests.seal.kms.test_main import TOKEN, written
from valkit.keymanagement.resources import ROOT, CertCache, Init, KeyProv, Provision

DESCRIPTION = description()
OPERATIONS = operations(DESCRIPTION)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give one."""
    with serving("kms", written(tmp_path_factory.mktemp("kms"))) as running:
        yield running


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
    holds(server, operation, token, ROOT)
