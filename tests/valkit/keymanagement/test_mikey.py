"""MIKEY-SAKKE I_MESSAGEs: ours, and those of an implementation that is not ours."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valkit.keymanagement.support import names
from tests.vectors.streamwide_kms import KMS_URI, KPAK, NUMBER, PERIOD, Z
from tests.vectors.streamwide_mikey import CSK, PCK, Sent
from valkit.idbased.eccsi import SIGNATURE_SIZE, PublicAuthenticationKey
from valkit.idbased.sakke import ENCAPSULATED_SIZE, PublicKey
from valkit.idbased.uid import KeyPeriods
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.mikey import LONGEST, IMessage, Parties, read

SIGNATURE = bytes(SIGNATURE_SIZE)
MESSAGES = st.builds(
    IMessage,
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 4_000_000_000).map(float),
    st.binary(min_size=1, max_size=255),
    st.builds(Parties, st.just("") | names, names, names, names, st.binary(max_size=32), st.binary(max_size=32)),
    st.binary(min_size=ENCAPSULATED_SIZE, max_size=ENCAPSULATED_SIZE),
)


@given(MESSAGES)
def test_it_is_read_as_it_was_written(message: IMessage) -> None:
    """Every field; and the signature is over all before it."""
    seen = list[bytes]()

    def sign(text: bytes) -> bytes:
        seen.append(text)
        return SIGNATURE

    received = read(message.signed_with(sign))
    assert (received.message, received.signature, [received.signed]) == (message, SIGNATURE, seen)


@pytest.mark.parametrize("sent", [CSK, PCK], ids=["CSK", "PCK"])
def test_messages_of_another_implementation(sent: Sent) -> None:
    """They are read, their signatures hold, and the secrets in them come out (RFC 6507, RFC 6508, RFC 6509)."""
    received = read(sent.message)
    message = received.message
    assert (message.csb_id, message.rand.hex()) == (sent.csb_id, sent.rand)
    assert (message.parties.initiator_kms, message.parties.responder_kms) == (KMS_URI, KMS_URI)
    assert message.parties.initiator_uid.hex() == sent.initiator.uid
    assert message.parties.responder_uid.hex() == sent.responder.uid
    assert KeyPeriods(PERIOD).number(message.at) == NUMBER
    initiator, responder = bytes.fromhex(sent.initiator.uid), bytes.fromhex(sent.responder.uid)
    PublicAuthenticationKey.parse(KPAK).verify(initiator, received.signed, received.signature)
    receiving = PublicKey.parse(Z).accept(responder, bytes.fromhex(sent.responder.rsk))
    assert receiving.decapsulate(message.encapsulated).hex() == sent.secret


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    """They are no message."""
    with pytest.raises(Unreadable):
        read(data)


@given(st.sampled_from([CSK.message, PCK.message]), st.integers(0, 5463), st.integers(0, 700))
def test_any_damage(message: bytes, bit: int, end: int) -> None:
    """It is another message, or unreadable; cut short, it is unreadable."""
    changed = bytearray(message)
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    with suppress(Unreadable):
        assert read(bytes(changed)).message.rand
    if end < len(message) - SIGNATURE_SIZE:
        with pytest.raises(Unreadable):
            read(message[:end])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("011a05", "021a05"),  # version
        ("011a05", "011b05"),  # data type
        ("0001", "0003"),  # CS ID map
        ("0b00ec", "0b01ec"),  # a time of another kind
        ("15010201", "15010101"),  # RFC 6509's own ID scheme
        ("2081403d", "1081403d"),  # another signature
        ("0e0801", "630801"),  # a payload of which nobody knows how long it is
    ],
)
def test_what_is_not_understood(old: str, new: str) -> None:
    """It is said, and not guessed."""
    changed = PCK.message.hex().replace(old, new, 1)
    assert changed != PCK.message.hex()
    with pytest.raises(Unreadable):
        read(bytes.fromhex(changed))


def test_too_long_a_message() -> None:
    """4 KiB are enough."""
    with pytest.raises(Unreadable, match=f"{LONGEST} bytes"):
        read(bytes(LONGEST + 1))


@pytest.mark.parametrize(("rand", "encapsulated"), [(b"", bytes(ENCAPSULATED_SIZE)), (b"r", b""), (b"r", bytes(272))])
def test_what_must_be_in_it(rand: bytes, encapsulated: bytes) -> None:
    """A message without RAND or secret is none."""
    message = IMessage(1, 1.0, rand, Parties(), encapsulated)
    with pytest.raises(Unreadable, match="T, RAND and SAKKE"):
        read(message.signed_with(lambda _: SIGNATURE))
