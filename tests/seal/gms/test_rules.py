import pytest
from attrs import evolve

from seal.access import AccessRefused, Asker
from seal.gms.rules import GmsRules
from seal.xcap.errors import Conflicting, Refused
from tests.seal.gms.test_usages import FIRE, WHERE
from valkit.documents import group_selector

RULES = GmsRules(("ptt",), lambda user: user == "chief")
KEPT = bytes(FIRE)
CHIEF, ALICE, CAROL = (Asker(user, ("ptt",)) for user in ("chief", "alice", "carol"))


def may(asker: Asker, method: str, kept: bytes | None = KEPT) -> bool:
    """Say whether it may be done."""
    try:
        RULES.require(asker, method, WHERE, kept)
    except AccessRefused:
        return False
    return True


@pytest.mark.parametrize(
    ("asker", "allowed"),
    [
        (CHIEF, "GET HEAD PUT DELETE"),
        (ALICE, "GET HEAD"),
        (CAROL, ""),
        (evolve(CHIEF, val_service_ids=("video",)), ""),
        (Asker(asserted="ptt"), "GET HEAD"),
        (Asker(asserted=FIRE.group_id), "GET HEAD"),
        (Asker(asserted="video"), ""),
    ],
)
def test_who_does_what_with_a_group(asker: Asker, allowed: str) -> None:
    """The table of the module."""
    assert " ".join(method for method in ("GET", "HEAD", "PUT", "DELETE") if may(asker, method)) == allowed


def test_who_creates_a_group() -> None:
    """Those whom policy lets; to others a group that is not there is not there."""
    assert may(CHIEF, "PUT", None)
    assert not may(ALICE, "PUT", None)
    assert may(ALICE, "GET", None)


def test_a_group_keeps_an_administrator() -> None:
    """And who creates one is among them; the operator may do otherwise."""
    RULES.require_left(CHIEF, None, KEPT)
    RULES.require_left(CHIEF, KEPT, None)
    RULES.require_left(CHIEF, KEPT, bytes(evolve(FIRE, administrators=("deputy",))))
    for before, after in ((None, evolve(FIRE, administrators=("deputy",))), (KEPT, evolve(FIRE, administrators=()))):
        with pytest.raises(Conflicting):
            RULES.require_left(CHIEF, before, bytes(after))
        RULES.require_left(Asker(asserted="operator"), before, bytes(after))


def test_a_server_may_be_for_some_val_services() -> None:
    """Others are not there."""
    RULES.usage(WHERE)
    with pytest.raises(Refused):
        RULES.usage(group_selector("video", "g"))
