import pytest
from attrs import evolve

from seal.access import AccessRefused, Asker
from seal.gms.keys import KeysUnavailable, NoGroupKeys
from seal.gms.rules import GmsRules
from seal.xcap.errors import Conflicting, Refused
from tests.seal.gms.test_usages import FIRE, WHERE
from tests.support import result_of
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


class Keys(NoGroupKeys):
    """Keys of one group; of another it is not known."""

    async def kept(self, val_service_id: str, group_id: str) -> bool:
        """Say so."""
        if group_id == "sip:unknown@home.example":
            raise KeysUnavailable("nobody answers")
        return (val_service_id, group_id) == ("ptt", FIRE.group_id)


def test_a_group_id_of_which_there_are_keys_is_the_operators() -> None:
    """They are another group's, and of the same ID in another VAL service there are none."""
    rules = evolve(RULES, keys=Keys())
    with pytest.raises(Conflicting, match="only the operator creates"):
        result_of(rules.require_free(CHIEF, WHERE))
    result_of(rules.require_free(Asker(asserted="operator"), WHERE))
    result_of(rules.require_free(CHIEF, group_selector("video", FIRE.group_id)))
    with pytest.raises(Refused) as refused:
        result_of(rules.require_free(CHIEF, group_selector("ptt", "sip:unknown@home.example")))
    assert refused.value.status == 503


def test_a_server_may_be_for_some_val_services() -> None:
    """Others are not there."""
    RULES.usage(WHERE)
    with pytest.raises(Refused):
        RULES.usage(group_selector("video", "g"))
