import pytest
from attrs import evolve

from sipcore_stub.errors import Cause
from sipcore_stub.scscf.judging import is_vouched_for, judge
from sipcore_stub.scscf.registrar import Input
from sipcore_stub.scscf.registration import Registration
from tests.sipcore_stub.parts import IMPI, Phone
from tests.sipcore_stub.scscf.test_registration import BINDING, CHALLENGE, KEY
from valkit.aka.digest import Algorithm
from valkit.aka.password import Password

OUT = Registration(KEY, (), (CHALLENGE,))
STANDING = Registration(KEY, (BINDING,))


def credentials(**parameters: str) -> str:
    """Write credentials of Alice."""
    rest = "".join(f', {name.replace("_", "-")}="{value}"' for name, value in parameters.items())
    return f'Digest username="{IMPI}"{rest}'


@pytest.mark.parametrize("nonce", ["", "another", "NONCE"])
def test_what_answers_no_challenge_of_ours_is_unproven(nonce: str) -> None:
    """No nonce, a foreign one, or ours in other letters."""
    request = Phone().register(Authorization=credentials(nonce=nonce, response="00"))
    assert judge(OUT, request, Input.PROVED).event is Input.UNPROVEN


def test_credentials_that_are_not_whole_are_wrong() -> None:
    """An answer to our challenge without uri or cnonce proves nothing."""
    request = Phone().register(Authorization=f"{credentials(nonce='nonce', response='00')}, qop=auth")
    assert judge(OUT, request, Input.PROVED).event is Input.DISPROVED


def test_a_wrong_proof_is_told_in_the_words_of_its_scheme() -> None:
    """RES and XRES are AKA's; of a password the response is wrong."""
    request = Phone().register(Authorization=f"{credentials(nonce='nonce', response='00')}, qop=auth")
    assert judge(OUT, request, Input.PROVED).cause is Cause.WRONG_RESPONSE
    without_card = evolve(CHALLENGE, vector=Password(b"opensesame").vector(b"n"), algorithms=(Algorithm.MD5,))
    assert judge(evolve(OUT, challenges=(without_card,)), request, Input.PROVED).cause is Cause.WRONG_DIGEST


def test_another_call_id_cannot_answer() -> None:
    """The challenge is known by its nonce, and the Call-ID is not the one it went to."""
    request = Phone(call_id="other").register(Authorization=credentials(nonce="nonce", response="00"))
    judgement = judge(OUT, request, Input.PROVED)
    assert (judgement.event, judgement.cause) == (Input.ELSEWHERE, Cause.OTHER_CALL_ID)


@pytest.mark.parametrize("word", ["yes", "tls-yes", "ip-assoc-yes"])
def test_the_pcscf_vouches(word: str) -> None:
    """By IPsec, by TLS, or by the address (TS 24.229 7.2A.2)."""
    assert is_vouched_for(Phone().register(Authorization=credentials(integrity_protected=word)))


@pytest.mark.parametrize("word", ["no", "tls-pending", "auth-done", ""])
def test_the_pcscf_does_not_vouch(word: str) -> None:
    """Unprotected, or not yet."""
    assert not is_vouched_for(Phone().register(Authorization=credentials(integrity_protected=word)))
    assert not is_vouched_for(Phone().register(Authorization=None))


@pytest.mark.parametrize(
    ("contact", "event"),
    [
        ("<sip:a@192.0.2.1>", Input.VOUCHED),
        ("*", Input.VOUCHED),
        ("<sip:a@192.0.2.99>", Input.STRANGE),
    ],
    ids=("its own", "all", "one never registered"),
)
def test_a_word_is_enough_for_contacts_that_stand(contact: str, event: Input) -> None:
    """Who is vouched for renews what it has, and nothing else (TS 24.229 5.4.1.2.2)."""
    request = Phone(contact=contact).register(Authorization=credentials(integrity_protected="yes"))
    assert judge(STANDING, request, Input.PROVED, trusting=True).event is event


def test_a_word_is_not_enough_where_a_challenge_is_out() -> None:
    """Under the Call-ID of a challenge only its answer counts."""
    registration = evolve(STANDING, challenges=(CHALLENGE,))
    request = Phone(contact="<sip:a@192.0.2.1>").register(Authorization=credentials(integrity_protected="yes"))
    assert judge(registration, request, Input.PROVED, trusting=True).event is Input.UNPROVEN
