"""An identity server that is not ours, as far as that goes without it."""

from pathlib import Path
from typing import Any

import pytest

from harness.errors import EnvironmentFault, NotApplicable
from harness.lab.external.identity import OutsideIdms, signing_key
from harness.plans.elsewhere import ExternalIdms
from ue_sim.wallet import Wallet
from valkit.net.ca import CERTIFICATE, authority_in
from valkit.tokens import SigningKey

AROUND: Any = None


def plan(folder: Path, **told: str) -> ExternalIdms:
    """Give one that the authority of a folder vouches for."""
    authority_in(folder).trusting()
    issuer = {"issuer": "https://192.0.2.3:8443", "authorities": str(folder / CERTIFICATE)}
    return ExternalIdms.model_validate(issuer | told)


async def test_it_is_neither_provisioned_nor_killed(tmp_path: Path) -> None:
    """Users, clients and keys are its operator's business."""
    idms = OutsideIdms(plan(tmp_path), "openid", AROUND)
    assert (idms.place.issuer, idms.place.urls) == ("https://192.0.2.3:8443", ())
    with pytest.raises(NotApplicable, match="provisions nothing"):
        idms.place.operator()
    for refused in (idms.kill(), idms.rotate_keys()):
        with pytest.raises(NotApplicable, match="external"):
            await refused
    await idms.stop()


def test_where_nobody_is_there_nobody_signs_in(tmp_path: Path) -> None:
    """It is but a name; and where its sites are is not known of any that is external."""
    place = OutsideIdms(plan(tmp_path, probe="no"), "openid", AROUND).place
    with pytest.raises(NotApplicable, match=r"^nobody can sign in: https://192.0.2.3:8443 is but a name in this lab"):
        place.way_of("alice", Wallet())
    with pytest.raises(NotApplicable, match="knows no more of its sites"):
        _ = place.brief


def test_a_lab_signs_with_the_issuers_key_if_it_has_it(tmp_path: Path) -> None:
    """And with one of its own otherwise, which nobody believes."""
    key = SigningKey.generate("RS256")
    (tmp_path / "key.pem").write_text(key.pem())
    lent = signing_key(plan(tmp_path, signing_key=str(tmp_path / "key.pem")))
    assert lent is not None
    assert (lent.kid, lent.algorithm) == (key.kid, "RS256")
    assert signing_key(plan(tmp_path)) is None
    assert signing_key(None) is None


@pytest.mark.parametrize("content", [None, "no key"])
def test_a_file_that_is_of_no_use_is_told(tmp_path: Path, content: str | None) -> None:
    """By its name, and not by what is in it."""
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(EnvironmentFault, match=r"key\.pem") as fault:
        signing_key(plan(tmp_path, signing_key=str(path)))
    assert "no key" not in str(fault.value).partition("key.pem")[2].replace("is no key to sign with", "")


def test_whom_to_trust_has_to_be_a_certificate(tmp_path: Path) -> None:
    """Told when the lab is made."""
    (tmp_path / "ca.pem").write_text("nothing")
    told = plan(tmp_path).model_copy(update={"authorities": tmp_path / "ca.pem"})
    with pytest.raises(EnvironmentFault, match="names no authorities"):
        OutsideIdms(told, "openid", AROUND)
