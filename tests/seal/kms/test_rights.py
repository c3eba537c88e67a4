"""What who asks may have."""

from collections.abc import Callable

import pytest
from attrs import evolve

from seal.access import Asker
from seal.kms.errors import Cause, KmsRefused
from seal.kms.rights import Rights, Services, rights_of
from valkit.keymanagement.keysets import ProvisionedKey

ALICE = Asker("alice", ("dispatch", "video"))


@pytest.mark.parametrize(
    ("services", "granted"),
    [
        (Services(), ("dispatch", "video")),
        (Services(listed=frozenset({"video", "data"})), ("video",)),
        (Services(disabled=frozenset({"video"})), ("dispatch",)),
        (Services(frozenset({"video"}), frozenset({"video"})), ()),
    ],
)
def test_by_the_services_of_the_token(services: Services, granted: tuple[str, ...]) -> None:
    """Those that have keys here and are not disabled; without any there is nothing."""
    if granted:
        assert rights_of(ALICE, services) == Rights("alice", granted)
        return
    with pytest.raises(KmsRefused) as refused:
        rights_of(ALICE, services)
    assert refused.value.cause is Cause.NO_SERVICE


@pytest.mark.parametrize(
    ("asker", "cause"),
    [
        (Asker(asserted="sip:val@home.example"), Cause.NO_TOKEN),
        (Asker("a b", ("dispatch",)), Cause.UNFIT_USER),
        (Asker("\N{FULLWIDTH LATIN SMALL LETTER A}lice", ("dispatch",)), Cause.UNFIT_USER),
    ],
)
def test_who_has_nothing(asker: Asker, cause: Cause) -> None:
    """A network function without a token; a user whose name cannot be hashed, or would be hashed as another's."""
    with pytest.raises(KmsRefused) as refused:
        rights_of(asker, Services())
    assert refused.value.cause is cause


@pytest.mark.parametrize(("claim", "provisions"), [(True, True), ("yes", True), (1, True), (["x"], True)])
@pytest.mark.parametrize(("no", "is_no"), [(False, False), ("", False), ("false", False), (0, False), (None, False)])
def test_the_claim_of_a_provisioner(claim: object, provisions: bool, no: object, is_no: bool) -> None:
    """Any value but false, zero and empty."""
    for said, means in ((claim, provisions), (no, is_no)):
        assert rights_of(Asker("val", ("dispatch",), claims={"SKeyProv": said}), Services()).provisions is means


def test_own_keys_and_others() -> None:
    """A user has its own alone; who provisions may ask for others', and provisions in the services of its token."""
    user, server = Rights("alice", ("dispatch",)), Rights("val", ("dispatch",), provisions=True)
    key, other = ProvisionedKey("k", "dispatch", b"k"), ProvisionedKey("k", "video", b"k")
    user.require_keys_of("alice")
    server.require_keys_of("alice")
    server.require_provisioning((key,))
    refusals: tuple[tuple[Callable[[], None], Cause], ...] = (
        (lambda: user.require_keys_of("bob"), Cause.OTHERS_KEYS),
        (lambda: user.require_provisioning((key,)), Cause.NO_PROVISIONER),
        (lambda: server.require_provisioning((key, other)), Cause.OTHERS_SERVICE),
    )
    for forbidden, cause in refusals:
        with pytest.raises(KmsRefused) as refused:
            forbidden()
        assert refused.value.cause is cause


def test_what_was_provisioned_of_whom_is_given_to_whom() -> None:
    """One's own to oneself; of another, a group's to who provisions; never of a VAL service that the token lacks."""
    own, groups = ProvisionedKey("k", "dispatch", b"k"), ProvisionedKey("g", "dispatch", b"g", group=True)
    kept = (own, groups, ProvisionedKey("g", "video", b"v", group=True))
    user, server = Rights("alice", ("dispatch",)), Rights("val", ("dispatch",), provisions=True)
    assert user.among("alice", kept) == (own,)
    assert user.among("fire", kept) == ()
    assert server.among("fire", kept) == (groups,)
    assert server.among("val", kept) == (own,)


@pytest.mark.parametrize("provisions", [False, True])
def test_who_is_called_like_a_group_has_no_keys(provisions: bool) -> None:
    """A guest may be: its name was made of what its home domain says. In whichever VAL service the group is."""
    guest = Rights("sip:rescue1@home.example", ("dispatch",), provisions)
    key = ProvisionedKey("k", "video", b"k")
    guest.require_no_group("sip:rescue1@home.example", (key,))
    guest.require_no_group("sip:fire@home.example", (evolve(key, group=True),))
    with pytest.raises(KmsRefused) as refused:
        guest.require_no_group("sip:rescue1@home.example", (key, evolve(key, group=True)))
    assert refused.value.cause is Cause.A_GROUP
