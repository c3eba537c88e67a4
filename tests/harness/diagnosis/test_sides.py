"""One side has other keys: the doctor has those of the other one, or of none."""

import pytest
from attrs import evolve

from harness.diagnosis import Finding, findings_in
from harness.diagnosis.cards import Card
from harness.diagnosis.facts import Answered, Offered
from tests.harness.diagnosis.ailing import (
    AMF,
    KEYS,
    NONCE,
    RAND,
    RIGHT,
    SESAME,
    SET,
    SQN,
    K,
    answered,
    card,
    challenge,
    digest,
    names,
    offered,
)
from tests.vectors.milenage import FULL
from valkit.aka.digest import Algorithm, Nonce
from valkit.aka.milenage import Milenage
from valkit.aka.vectors import generate

OTHER = Milenage(bytes.fromhex(FULL[1].k), bytes.fromhex(FULL[1].opc))
RES, RES_OF_OTHER = KEYS.res, generate(OTHER, RAND, SQN, AMF).keys.res


def made_by(network: Milenage) -> tuple[str, Offered]:
    """Give the nonce, and the 401 with it, of a network with these keys."""
    nonce = str(Nonce(RAND, generate(network, RAND, SQN, AMF).autn))
    return nonce, offered(nonce=nonce)


def exchanged(
    network: Milenage, phone: Milenage | None, *, outcome: int = 403, known: Card | None = None
) -> list[object]:
    """Have a network challenge, and a phone answer; one without keys refuses."""
    nonce, offer = made_by(network)
    terms = digest(nonce=nonce)
    keys = None if phone is None else phone.revealed(RAND, Nonce.parse(nonce).autn[:6], AMF)[1]
    response = "" if keys is None else terms.response(keys.res, "REGISTER")
    told = answered(response, terms, offers=(offer,), outcome=outcome, known=known)
    made = told.challenge
    assert made is not None
    return [made, told]


def only(facts: list[object]) -> Finding:
    """Give the one finding there is."""
    (found,) = findings_in(facts)
    return found


@pytest.mark.parametrize(
    ("network", "phone", "outcome", "name", "words"),
    [
        (RIGHT, OTHER, 403, "wrong-response", "it is the phone that has others"),
        (RIGHT, OTHER, 401, "wrong-response", "it is the phone that has others"),
        (RIGHT, None, 403, "challenge-refused", "so it is the phone that has another K or OP(c)"),
        (OTHER, RIGHT, 403, "wrong-key", "the phone has these keys, and the network others"),
        (OTHER, None, 403, "wrong-key", "it is the network that has others"),
        (OTHER, OTHER, 200, "wrong-key", "network and phone have the same keys, and those given are others"),
        (OTHER, OTHER, 403, "wrong-key", "they are no side's"),
        (RIGHT, RIGHT, 403, "wrong-response", "The challenge was made with the keys given as well"),
    ],
    ids=["phone", "again", "phone refuses", "network", "network refused", "given", "all", "neither"],
)
def test_the_side_that_has_other_keys_is_named(
    network: Milenage, phone: Milenage | None, outcome: int, name: str, words: str
) -> None:
    """By MAC-A of the network and RES of the phone, in one finding."""
    found = only(exchanged(network, phone, outcome=outcome))
    assert found.name == name
    assert words in found.sentence


def test_where_all_fits_nothing_is_found() -> None:
    """The keys given are those of both sides."""
    assert findings_in(exchanged(RIGHT, RIGHT, outcome=200)) == ()


@pytest.mark.parametrize("known", [card(k=SET.k[:-1] + "d", opc=SET.opc), card(k=FULL[1].k, opc=FULL[1].opc)])
def test_a_challenge_of_other_keys_alone(known: Card) -> None:
    """One digit is enough; what the phone made of it was not seen."""
    found = only([challenge(known=known)])
    assert found.name == "wrong-key"
    assert "It is the network that has others, or these are another subscriber's." in found.sentence


BAD, CORE = Milenage(K, bytes(16)), RIGHT
"""The card of a phone's settings, whose OPc is another than its core's."""


def both() -> Card:
    """Give the keys of a phone's settings beside those of the core's for the same IMPI."""
    core = evolve(card(opc=SET.opc), place="the keys in core.yaml")
    return evolve(card(opc="00" * 16), place="the keys in ue-bad.yaml", impi="alice@home.example", other=core)


def test_two_files_with_other_keys_for_one_impi_are_told_so_once() -> None:
    """By what is not the same in them, and without a digit of it."""
    found = only([challenge(known=both())])
    assert found.name == "keys-differ"
    assert found.sentence == (
        "For alice@home.example the keys in ue-bad.yaml and the keys in core.yaml differ: they are not the same OPc."
    )


@pytest.mark.parametrize(
    ("network", "phone", "outcome", "words"),
    [
        (
            CORE,
            None,
            403,
            "the keys in core.yaml, and not with the keys in ue-bad.yaml. The phone refused it",
        ),
        (CORE, CORE, 200, "The phone's response comes from them as well, so both sides have these."),
        (CORE, BAD, 403, "The phone's response comes from the keys in ue-bad.yaml."),
        (BAD, BAD, 200, "made with the keys in ue-bad.yaml, and not with the keys in core.yaml."),
    ],
    ids=["refused", "core's", "each its own", "phone's"],
)
def test_a_capture_tells_which_of_two_files_is_in_use(
    network: Milenage, phone: Milenage | None, outcome: int, words: str
) -> None:
    """By MAC-A of the network and RES of the phone."""
    told = exchanged(network, phone, outcome=outcome, known=both())
    found = only(told)
    assert found.name == "keys-differ"
    assert words in found.sentence


def test_a_capture_that_fits_neither_of_two_files_names_both() -> None:
    """Then both are others than the network's."""
    found = only(exchanged(OTHER, None, known=both()))
    assert found.name == "wrong-key"
    assert "not made with the keys in ue-bad.yaml, nor with the keys in core.yaml" in found.sentence


def test_a_response_that_comes_from_nothing_known() -> None:
    """Other keys."""
    found = only([answered("0" * 32)])
    assert found.name == "wrong-response"
    assert "does not come from these keys" in found.sentence


@pytest.mark.parametrize("outcome", [401, 403])
def test_a_right_response_that_was_refused(outcome: int) -> None:
    """The server compares wrongly, or refuses for another reason."""
    found = only([answered(digest().response(RES, "REGISTER"), outcome=outcome)])
    assert found.name == "wrong-response"
    assert "refused all the same" in found.sentence
    assert "Network and phone have the same keys." in found.advice


@pytest.mark.parametrize("password", ["sesame", "open sesame"])
def test_a_password_has_no_network_that_proves_itself(password: str) -> None:
    """SIP Digest, without AKA."""
    terms = digest(Algorithm.MD5)
    response = terms.response(password.encode(), "REGISTER")
    (found, *_) = findings_in([answered(response, terms, known=SESAME, outcome=403)])
    assert found.name == "wrong-response"
    assert ("refused all the same" in found.sentence) == (password == "sesame")


def test_what_is_hidden_takes_no_side() -> None:
    """Our own captures hide the response."""
    nonce, offer = made_by(OTHER)
    told: Answered = answered("(hidden)........................", digest(nonce=nonce), offers=(offer,))
    assert told.challenge is not None
    found = findings_in([told.challenge, told])
    assert [each.name for each in found] == ["wrong-key", "response-refused"]
    assert "or these are another subscriber's" in found[0].sentence
    assert names([evolve(told, outcome=200)]) == []
    assert nonce != NONCE
