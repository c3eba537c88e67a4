"""What a user's keys are good for, and what they refuse."""

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.ue_sim.keys.kms import HOME, KMS_URI, NOW, NUMBER, PARTNER, PERIODS
from tests.valkit.idbased.support import changed
from ue_sim.keys.checking import believed, checked
from ue_sim.keys.errors import Doubtful, KeysError, NoKeys
from ue_sim.keys.ring import EARLY, REMEMBERED, KeyRing
from valkit.idbased.eccsi import Q
from valkit.ids import SeededIds, SystemIds
from valkit.keymanagement.mikey import IMessage, Parties

IDS = SystemIds()
DAY = float(PERIODS.length)


def ring(user: str, kms: object = HOME, *numbers: int) -> KeyRing:
    """Give a user's keys of now, or of these key periods."""
    authority = HOME if kms is HOME else PARTNER
    held = KeyRing(user, believed(authority.certificate, None, NOW))
    held.hold(checked(authority.key_set(user, number), held.kms, user) for number in numbers or (NUMBER,))
    return held


ALICE, BOB = ring("alice"), ring("bob")


def test_a_secret_from_one_to_the_other() -> None:
    """Encapsulated and signed; it comes out once, and says from whom it is."""
    bob = ring("bob")
    ssv, message = ALICE.send("bob", NOW, IDS)
    opened = bob.open(message, NOW + 5)
    assert (opened.ssv, opened.initiator, opened.at) == (ssv, "alice", NOW)
    assert ssv.hex() not in repr(opened)
    with pytest.raises(Doubtful, match="opened before"):
        bob.open(message, NOW + 6)


def test_a_secret_that_is_given() -> None:
    """Such as a group's, which each member gets."""
    assert ALICE.send("bob", NOW, IDS, ssv=b"0123456789abcdef")[0] == b"0123456789abcdef"


def test_another_signature_for_the_same_message_opens_nothing_again() -> None:
    """Of (r, s) anybody makes (r, q - s), which holds too (RFC 6507 6)."""
    bob = ring("bob")
    _, message = ALICE.send("bob", NOW, IDS)
    bob.open(message, NOW)
    s = Q - int.from_bytes(message[-97:-65])
    with pytest.raises(Doubtful, match="opened before"):
        bob.open(message[:-97] + s.to_bytes(32) + message[-65:], NOW)


def test_who_is_not_meant_opens_nothing() -> None:
    """Neither another user nor the sender itself."""
    _, message = ALICE.send("bob", NOW, IDS)
    for other in (ring("carol"), ALICE, ring("bob", PARTNER)):
        with pytest.raises(Doubtful, match="for another user"):
            other.open(message, NOW)


@given(st.integers(0, 5000))
def test_a_damaged_message_opens_nothing(bit: int) -> None:
    """Wherever the bit is that was turned round, except in the signature's own ambiguity."""
    _, message = ALICE.send("bob", NOW, SeededIds(1))
    with pytest.raises(KeysError):
        BOB.open(changed(message, bit), NOW)


def test_key_periods_of_messages() -> None:
    """A message is opened with the keys of its own time, also later, if they are held."""
    bob = ring("bob", HOME, NUMBER, NUMBER + 1)
    ssv, message = ALICE.send("bob", NOW, IDS)
    assert bob.open(message, NOW + DAY).ssv == ssv
    with pytest.raises(NoKeys, match=f"key period {NUMBER}"):
        ring("bob", HOME, NUMBER + 1).open(message, NOW + DAY)
    with pytest.raises(NoKeys, match="fetch them"):
        ALICE.send("bob", NOW + DAY, IDS)
    assert bob.numbers == (NUMBER, NUMBER + 1)


def test_a_message_of_the_future() -> None:
    """Clocks differ by so much and no more."""
    _, message = ALICE.send("bob", NOW, IDS)
    with pytest.raises(Doubtful, match="has not come"):
        ring("bob").open(message, NOW - EARLY - 1)
    assert ring("bob").open(message, NOW - EARLY).initiator == "alice"


def test_signatures() -> None:
    """By whom, over what, and in which key period."""
    signature = ALICE.sign(b"text", NOW, IDS)
    BOB.verify(b"text", signature, "alice", NOW)
    for text, signer, at in ((b"text!", "alice", NOW), (b"text", "bob", NOW), (b"text", "alice", NOW + DAY)):
        with pytest.raises(Doubtful):
            BOB.verify(text, signature, signer, at)


def test_another_domain() -> None:
    """With the certificate of its KMS one sends to its users and believes them; without, neither."""
    theirs = ring("bob", PARTNER)
    with pytest.raises(NoKeys, match=r"no certificate of kms\.partner\.example"):
        ALICE.send("bob", NOW, IDS, kms_uri="kms.partner.example")
    alice = ring("alice")
    alice.others["kms.partner.example"] = theirs.kms
    ssv, message = alice.send("bob", NOW, IDS, kms_uri="kms.partner.example")
    with pytest.raises(NoKeys, match=r"no certificate of kms\.home\.example"):
        theirs.open(message, NOW)
    theirs.others["kms.home.example"] = alice.kms
    assert theirs.open(message, NOW).ssv == ssv
    theirs.verify(b"text", alice.sign(b"text", NOW, IDS), "alice", NOW, "kms.home.example")


def test_a_certificate_that_is_over_vouches_for_nobody() -> None:
    """At the message's time."""
    bob = ring("bob")
    bob.kms = evolve(bob.kms, certificate=evolve(bob.kms.certificate, valid_to=NOW - 1))
    _, message = ALICE.send("bob", NOW, IDS)
    with pytest.raises(Doubtful, match="does not hold"):
        bob.open(message, NOW)


def crafted(parties: Parties, encapsulated: bytes | None = None) -> bytes:
    """Sign a message of alice's whatever it says."""
    sealed = encapsulated or HOME.secrets.z.public.encapsulate(BOB.at(NOW).receiving.identity, bytes(16))
    message = IMessage(1, NOW, bytes(16), parties, sealed)
    return message.signed_with(lambda text: ALICE.sign(text, NOW, IDS))


@pytest.mark.parametrize(
    ("parties", "says"),
    [
        (Parties("alice", "bob", KMS_URI, KMS_URI), ""),
        (Parties("", "bob", KMS_URI, KMS_URI), "who sent it"),
        (Parties("alice", "bob", "", KMS_URI), "no certificate of"),
        (Parties("alice", "bob", KMS_URI, ""), "for another user"),
        (Parties("alice", "bob", KMS_URI, KMS_URI, bytes(32)), "not who it says"),
        (Parties("alice", "bob", KMS_URI, KMS_URI, b"", bytes(32)), "for another user"),
        (Parties("carol", "bob", KMS_URI, KMS_URI), "does not hold"),
    ],
)
def test_what_a_message_says_of_its_parties(parties: Parties, says: str) -> None:
    """It must say whom it is from, and to; UIDs may be left out and must be right."""
    if not says:
        assert ring("bob").open(crafted(parties), NOW).ssv == bytes(16)
        return
    with pytest.raises(KeysError, match=says):
        ring("bob").open(crafted(parties), NOW)


def test_a_signed_message_with_another_users_secret() -> None:
    """Its signature holds, and it still opens nothing (RFC 6508 6.2.2, TEST)."""
    parties = Parties("alice", "bob", KMS_URI, KMS_URI)
    for_carol = HOME.secrets.z.public.encapsulate(ring("carol").at(NOW).receiving.identity, bytes(16))
    with pytest.raises(Doubtful, match="cannot be opened"):
        ring("bob").open(crafted(parties, for_carol), NOW)


def test_what_is_remembered_is_bounded() -> None:
    """The latest thousand messages, by when they were sent; older ones are opened no more, so none is opened twice."""
    bob, (_, early), (_, late) = ring("bob"), ALICE.send("bob", NOW, IDS), ALICE.send("bob", NOW + 2, IDS)
    bob.open(early, NOW)
    for number in range(REMEMBERED):
        bob._remember(number.to_bytes(4), NOW + 1)
    assert len(bob._opened) == REMEMBERED
    with pytest.raises(Doubtful, match="too old to know"):
        bob.open(early, NOW)
    bob.open(late, NOW)
