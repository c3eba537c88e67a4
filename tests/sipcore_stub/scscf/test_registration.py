from attrs import evolve

from sipcore_stub.contacts import Binding
from sipcore_stub.hss.hss import Key
from sipcore_stub.scscf.registrar import Input, State
from sipcore_stub.scscf.registration import MOST_CHALLENGES, Challenge, Registration, Wake
from tests.sipcore_stub.parts import IMPI, IMPU, Phone, card
from valkit.aka.digest import Algorithm
from valkit.aka.vectors import generate
from valkit.sip.headers import NameAddr

KEY = Key(IMPI, IMPU)
CHALLENGE = Challenge(
    IMPI, "home.example", "nonce", generate(card(), bytes(16), 1, bytes(2)), (Algorithm.AKAV1_MD5,), "first", 240.0
)
BINDING = Binding(NameAddr.parse("<sip:a@192.0.2.1>"), (), "first", 1, 3600.0)


def test_each_call_id_sees_its_own_challenge() -> None:
    """To the Call-ID that was challenged the registration is so, to another one it is not."""
    registration = Registration(KEY, (BINDING,), (CHALLENGE,))
    assert registration.state("first") is registration.state() is State.RECHALLENGED
    assert registration.state("other") is State.REGISTERED


def test_a_step_drops_what_the_new_state_cannot_have() -> None:
    """A challenge goes with the state that has one, and so do bindings."""
    registration = Registration(KEY, (BINDING,), (CHALLENGE,))
    proved, _ = registration.stepped(Input.PROVED, "first")
    assert (proved.challenges, proved.bindings) == ((), (BINDING,))
    expired, _ = registration.stepped(Input.EXPIRED)
    assert (expired.challenges, expired.bindings) == ((CHALLENGE,), ())


def test_an_answer_settles_its_own_challenge_only() -> None:
    """What is out under other Call-IDs stays out."""
    other = evolve(CHALLENGE, call_id="other")
    failed, _ = Registration(KEY, (), (CHALLENGE, other)).stepped(Input.DISPROVED, "first")
    assert failed.challenges == (other,)


def test_challenges_are_bounded() -> None:
    """The oldest goes when there are too many, and a new one takes the place of that of its Call-ID."""
    registration = Registration(KEY)
    for number in range(MOST_CHALLENGES + 5):
        registration = registration.challenged(evolve(CHALLENGE, call_id=str(number)))
    assert len(registration.challenges) == MOST_CHALLENGES
    assert registration.challenge("4") is None
    registration = registration.challenged(evolve(CHALLENGE, call_id="9", nonce="newer"))
    assert len(registration.challenges) == MOST_CHALLENGES
    assert (registration.challenge("9") or CHALLENGE).nonce == "newer"


def test_a_flood_displaces_its_own_challenges_only() -> None:
    """Of the host that has the most the oldest goes: the user's own stays out, however many a stranger asks for."""
    hers = evolve(CHALLENGE, call_id="hers", host="192.0.2.1")
    registration = Registration(KEY).challenged(hers)
    for number in range(10 * MOST_CHALLENGES):
        registration = registration.challenged(evolve(CHALLENGE, call_id=str(number), host="192.0.2.66"))
    assert len(registration.challenges) == MOST_CHALLENGES
    assert registration.challenge("hers") == hers
    later = evolve(CHALLENGE, call_id="late", host="192.0.2.2")
    assert registration.challenged(later).challenge("late") == later


def test_what_comes_next_is_the_earliest() -> None:
    """reg-await-auth and each contact's end run side by side; the last contact's end is the registration's."""
    assert Registration(KEY).wake() is None
    assert Registration(KEY, (), (CHALLENGE,)).wake() == Wake(240.0, Input.SILENT, "first")
    assert Registration(KEY, (BINDING,), (CHALLENGE,)).wake() == Wake(240.0, Input.SILENT, "first")
    later = Binding(BINDING.contact, (), "second", 1, 7200.0)
    assert Registration(KEY, (BINDING, later)).wake() == Wake(3600.0, Input.LAPSED)
    assert Registration(KEY, (later,)).wake() == Wake(7200.0, Input.EXPIRED)


def test_a_registration_shows_no_message() -> None:
    """The last REGISTER holds a token and is not in what a log would print."""
    assert "REGISTER sip" not in repr(Registration(KEY, last=Phone().register()))
