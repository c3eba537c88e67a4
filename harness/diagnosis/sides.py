"""Which side has other keys, for who knows the subscriber's (TS 33.102 6.3.3).

MAC-A in AUTN comes from the network, and RES from the phone. So one that fits and one that does not tell which of them
to look at.
"""

from collections.abc import Iterator

from attrs import evolve

from harness.diagnosis.cards import Card
from harness.diagnosis.challenging import amf_of_the_mac, fitting, is_as_given
from harness.diagnosis.facts import Answered, Challenge
from harness.diagnosis.findings import Finding, diagnosis
from harness.diagnosis.responding import RIGHT, computed, the_way
from valkit.aka.vectors import AUTN_SIZE


@diagnosis(
    "wrong-key",
    "TS 33.102 6.3.3",
    "MAC-A in AUTN was made with another K, or another OP or OPc, than the one that is known here.",
)
def _another_key(challenge: Challenge) -> Iterator[Finding]:
    if challenge.card is not None and _is_of_other_keys(challenge) and not any(_keys_differ(challenge)):
        side, advice = _side(challenge.answered)
        nor = f", nor with {challenge.card.other.place}" if challenge.card.other is not None else ""
        yield Finding(
            f"The challenge was not made with {challenge.card.place}{nor}: MAC-A fits neither as they stand nor with "
            f"OP and OPc, or K and either, exchanged, nor with another usual AMF. {side}",
            advice,
            (challenge.place,),
        )


@diagnosis(
    "keys-differ",
    "TS 33.102 6.3.3",
    "The settings of a phone and those of its core have other keys for one IMPI; and which of them a challenge fits.",
)
def _keys_differ(challenge: Challenge) -> Iterator[Finding]:
    card = challenge.card
    if card is None or card.other is None:
        return
    if challenge.answered is not None:
        yield from _of_two(challenge, challenge.answered, card, card.other)
    elif _is_of_other_keys(challenge):  # it is the one that the core's settings make
        not_same = card.differing(card.other)
        yield Finding(
            f"For {card.impi} {card.place} and {card.other.place} differ: they are not the same {not_same}.",
            "Compare the two files digit by digit; a capture beside them tells which of the two is in use.",
            (challenge.place,),
        )


def _of_two(challenge: Challenge, answered: Answered, card: Card, other: Card) -> Iterator[Finding]:
    """Say which of both sides' keys a challenge that was seen fits, and what the phone's response comes from."""
    own, theirs = is_as_given(challenge), is_as_given(evolve(challenge, card=other))
    if own is theirs or not (own or _is_of_other_keys(challenge)):
        return
    made, idle = (card, other) if own else (other, card)
    advice = f"The network has {made.place}: enter the same at the phone, and in the other file."
    said = ""
    if answered.credentials.get("response") == "":
        said = " The phone refused it, so it has others than the network."
    elif _comes_from(answered, made):
        said = " The phone's response comes from them as well, so both sides have these."
        advice = f"Mend {idle.place}."
    elif _comes_from(answered, idle):
        said = f" The phone's response comes from {idle.place}."
    yield Finding(
        f"The challenge that was seen was made with {made.place}, and not with {idle.place}.{said}",
        advice,
        (challenge.place,),
    )


def _comes_from(answered: Answered, card: Card) -> bool:
    way = the_way(evolve(answered, card=card))
    return way is not None and way.name == RIGHT


def _is_of_other_keys(challenge: Challenge) -> bool:
    if challenge.card is None or challenge.card.functions is None or len(challenge.autn) != AUTN_SIZE:
        return False
    return fitting(challenge) is None and amf_of_the_mac(challenge) is None


def _side(answered: Answered | None) -> tuple[str, str]:
    """Say who has other keys, by what the phone made of a challenge that these did not make; and what to do."""
    at_hss = "Compare K, OP or OPc and AMF at the HSS with these, digit by digit."
    way = None if answered is None else the_way(answered)
    if answered is not None and answered.credentials.get("response") == "":
        said, advice = "The phone refused it too, as it has to with these keys: it is the network that has others.", ""
    elif way is not None and way.name == RIGHT:
        said = "The response is right for them: the phone has these keys, and the network others, or another f1."
        advice = " The phone answers without verifying AUTN, which it should."
    elif answered is not None and not answered.refused:
        said = "The phone took it and was let in: network and phone have the same keys, and those given are others."
        return said, f"Look whether these are the keys of {answered.credentials.get('username')!a}."
    elif answered is not None and computed(answered) is not None:
        said = "Nor does the phone's response come from them: they are no side's."
        advice = " Then compare them at the phone; look whether the IMPI is the subscriber you mean."
    else:
        said = "It is the network that has others, or these are another subscriber's."
        advice = " Look whether the IMPI is the subscriber you mean."
    return said, at_hss + advice


@diagnosis(
    "wrong-response",
    "TS 24.229 5.4.1.2.3",
    "The response is not the one that the keys give, and nothing that is usually mistaken leads to it.",
)
def _wrong_response(answered: Answered) -> Iterator[Finding]:
    challenge = answered.challenge
    if not answered.refused or computed(answered) is None:
        return
    if challenge is not None and _is_of_other_keys(challenge):
        return  # that is told of the challenge
    way = the_way(answered)
    if way is None:
        yield Finding(*_whose(challenge), answered.places)
    elif way.name == RIGHT and (answered.outcome == 403 or (answered.outcome == 401 and answered.is_fresh)):
        yield Finding(*_refused_all_the_same(challenge), answered.places)


def _whose(challenge: Challenge | None) -> tuple[str, str]:
    """Say who has other keys than these, of which the response does not come; and what to do."""
    if challenge is None or challenge.card is None or not is_as_given(challenge):
        sentence = "The response does not come from these keys, however one of the usual mistakes is made."
        return sentence, "Compare K, OP or OPc and the IMPI of the client with those given here."
    sentence = (
        f"The challenge was made with {challenge.card.place}, and the response does not come from these keys, however "
        "one of the usual mistakes is made: it is the phone that has others, or that makes RES otherwise."
    )
    advice = (
        "Compare K and OP or OPc at the phone with these, which are the network's. If they are the same, look at its "
        "f2, and at what it takes for the password of the Digest."
    )
    return sentence, advice


def _refused_all_the_same(challenge: Challenge | None) -> tuple[str, str]:
    """Say why a response that is right may have been refused; and what to do."""
    said = "The response is right for these keys, and was refused all the same."
    compared = "compares RES wrongly (as a text, or without its length); look at its XRES"
    if challenge is None or challenge.card is None or not is_as_given(challenge):
        return said, f"The server has other keys, or {compared}."
    advice = (
        f"Network and phone have the same keys. The server {compared}. Or it refuses for another reason: a subscriber "
        "who is barred, an IMPU that is not the subscriber's, roaming."
    )
    return f"{said} The challenge was made with {challenge.card.place} as well.", advice
