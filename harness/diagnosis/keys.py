"""What can be wrong with a challenge and with an AUTS, for who knows the subscriber's keys (TS 33.102 6.3, TS 35.206).

Which side has other keys altogether is told in `sides`.
"""

from collections.abc import Iterator

from harness.diagnosis.cards import Card
from harness.diagnosis.challenging import SEPARATION, amf_of_the_mac, fitting, sqn_of
from harness.diagnosis.facts import Challenge, Synchronisation
from harness.diagnosis.findings import Finding, diagnosis
from valkit.aka.digest import parse_auts
from valkit.aka.errors import AkaError, Malformed
from valkit.aka.functions import Functions
from valkit.aka.vectors import AMF_RESYNC, AUTN_SIZE, AUTS_SIZE, open_auts


@diagnosis(
    "op-as-opc",
    "TS 35.206 4.1",
    "The OP of the operator is used where the subscriber's OPc belongs.",
)
def _op_where_opc_belongs(challenge: Challenge) -> Iterator[Finding]:
    reading = fitting(challenge)
    if challenge.card is not None and reading is not None and reading.name == "op-as-opc":
        yield Finding(
            f"Whoever made this challenge used as OPc what {challenge.card.place} call {challenge.card.operator_key}.",
            "One side has OP and OPc mixed up. If the value is the operator's OP, enter it as OP at the other side, or "
            "compute OPc = E_K(OP) xor OP; if it is the subscriber's OPc, call it `opc` here.",
            (challenge.place,),
        )


@diagnosis(
    "opc-as-op",
    "TS 35.206 4.1",
    "The subscriber's OPc is used where the operator's OP belongs, so that OPc is derived twice.",
)
def _opc_where_op_belongs(challenge: Challenge) -> Iterator[Finding]:
    reading = fitting(challenge)
    if challenge.card is not None and reading is not None and reading.name == "opc-as-op":
        yield Finding(
            f"Whoever made this challenge used as OP what {challenge.card.place} call {challenge.card.operator_key}.",
            "One side has OP and OPc mixed up: it derives OPc from a value that is OPc already. Enter the value as OPc "
            "there; if it is OP in truth, call it `op` here.",
            (challenge.place,),
        )


@diagnosis(
    "keys-swapped",
    "TS 35.206 4.1",
    "K stands where the operator's key belongs, and the reverse.",
)
def _keys_in_each_others_place(challenge: Challenge) -> Iterator[Finding]:
    reading = fitting(challenge)
    if challenge.card is not None and reading is not None and reading.name == "keys-swapped":
        yield Finding(
            f"The challenge was made with K and {challenge.card.operator_key} in each other's place.",
            "Exchange the two on one side.",
            (challenge.place,),
        )


@diagnosis(
    "amf-of-mac",
    "TS 33.102 6.3.2",
    "MAC-A was computed over another AMF than the one that stands in AUTN.",
)
def _mac_over_another_amf(challenge: Challenge) -> Iterator[Finding]:
    if fitting(challenge) is None and (amf := amf_of_the_mac(challenge)) is not None:
        yield Finding(
            f"MAC-A was computed with AMF {amf.hex()}, but AUTN says {challenge.autn[6:8].hex()}.",
            "The network has to put the AMF into AUTN with which it computed f1.",
            (challenge.place,),
        )


@diagnosis(
    "amf",
    "TS 33.102 Annexes F and H",
    "The AMF in AUTN is not the expected one; often only its separation bit differs.",
)
def _another_amf(challenge: Challenge) -> Iterator[Finding]:
    wanted = None if challenge.card is None else challenge.card.amf
    came = challenge.autn[6:8]
    if wanted is None or len(challenge.autn) != AUTN_SIZE or came == wanted:
        return
    bit_alone = came[0] ^ wanted[0] == SEPARATION and came[1] == wanted[1]
    yield Finding(
        f"AUTN has AMF {came.hex()}, and {wanted.hex()} is expected"
        + (": the separation bit is the other way round." if bit_alone else "."),
        "Set the subscriber's AMF at the HSS. The separation bit (8000) marks vectors for EPS; cards do not look at it "
        "in IMS, some phones do.",
        (challenge.place,),
    )


@diagnosis(
    "autn-size",
    "TS 33.102 6.3.2",
    "RAND or AUTN does not have 16 bytes.",
)
def _autn_of_another_size(challenge: Challenge) -> Iterator[Finding]:
    for name, value in (("RAND", challenge.rand), ("AUTN", challenge.autn)):
        if len(value) != AUTN_SIZE:
            yield Finding(
                f"{name} has {len(value)} bytes, not {AUTN_SIZE}.",
                "A nonce of AKA is base64 of RAND (16 bytes), AUTN (16 bytes) and perhaps server data, in this order.",
                (challenge.place,),
            )


def _steps(card: Card, sqn: int, other: int) -> int:
    return card.layout.split(sqn)[0] - card.layout.split(other)[0]


@diagnosis(
    "sqn-behind",
    "TS 33.102 C.2.2",
    "The SQN of the network is not above the highest one that the card has taken.",
)
def _sequence_number_behind(challenge: Challenge) -> Iterator[Finding]:
    reading, window = fitting(challenge), None if challenge.card is None else challenge.card.window
    if challenge.card is None or reading is None or window is None:
        return
    sqn = sqn_of(reading.functions, challenge)
    if sqn is None or window.accepts(sqn) or (behind := _steps(challenge.card, window.sqn_ms, sqn)) < 0:
        return
    yield Finding(
        f"The SQN of the challenge, {sqn:012x}, is {behind} behind the card's, {window.sqn_ms:012x} (in steps of SEQ).",
        "Let the card answer with AUTS and the HSS take SQN_MS from it, or set the HSS to more than that.",
        (challenge.place,),
    )


@diagnosis(
    "sqn-ahead",
    "TS 33.102 C.2.1",
    "The SQN of the network is further ahead of the card's than delta allows.",
)
def _sequence_number_too_far_ahead(challenge: Challenge) -> Iterator[Finding]:
    reading, window = fitting(challenge), None if challenge.card is None else challenge.card.window
    if challenge.card is None or reading is None or window is None:
        return
    sqn = sqn_of(reading.functions, challenge)
    if sqn is None or window.accepts(sqn) or (ahead := _steps(challenge.card, sqn, window.sqn_ms)) <= 0:
        return
    yield Finding(
        f"The SQN of the challenge, {sqn:012x}, is {ahead} ahead of the card's, {window.sqn_ms:012x}, and its delta is "
        f"{window.delta}.",
        "Set the HSS back to what the card's AUTS says; look why it jumped (a clock as SQN, another length of IND).",
        (challenge.place,),
    )


def _auts(said: Synchronisation) -> bytes | None:
    """Give an AUTS that is written as it should be, or as hexadecimal digits."""
    try:
        return parse_auts(said.auts)
    except Malformed:
        return None


def _opened(said: Synchronisation) -> tuple[Functions, int] | None:
    """Give the functions that made an AUTS, and its SQN_MS."""
    auts = _auts(said)
    readings = () if said.challenge.card is None or auts is None else said.challenge.card.readings()
    for reading in readings:
        try:
            return reading.functions, open_auts(reading.functions, said.challenge.rand, auts or b"")
        except AkaError:
            continue
    return None


@diagnosis(
    "auts-form",
    "RFC 3310 3.4",
    "The `auts` parameter is not base64 of 14 bytes; some write hexadecimal digits.",
)
def _auts_in_another_form(said: Synchronisation) -> Iterator[Finding]:
    if _auts(said) is not None:
        return
    try:
        size: int | None = len(bytes.fromhex(said.auts))
    except ValueError:
        size = None
    form = "hexadecimal digits" if size == AUTS_SIZE else "neither base64 of 14 bytes nor anything like it"
    yield Finding(f"The auts parameter is {form}.", "Write the 14 bytes of AUTS in base64, in quotes.", (said.place,))


@diagnosis(
    "auts-mac",
    "TS 33.102 6.3.3",
    "MAC-S of an AUTS does not fit: wrong AMF*, AK in place of AK*, another RAND or other keys.",
)
def _auts_of_other_keys(said: Synchronisation) -> Iterator[Finding]:
    auts, card = _auts(said), said.challenge.card
    functions = None if card is None else card.functions
    if auts is None or functions is None or _opened(said) is not None:
        return
    yield Finding(
        f"MAC-S of the AUTS does not fit: {_why(said.challenge, functions, auts)}.",
        "AUTS is SQN_MS xor AK*, then MAC-S: AK* from f5*, MAC-S from f1* over RAND of the challenge and AMF* 0000.",
        (said.place,),
    )


def _why(challenge: Challenge, functions: Functions, auts: bytes) -> str:
    rand, mac = challenge.rand, auts[6:]
    sqn_ms = int.from_bytes(auts[:6]) ^ int.from_bytes(functions.f5_star(rand))
    for amf in (challenge.autn[6:8], b"\x80\x00"):
        if functions.f1_star(rand, sqn_ms, amf) == mac:
            return f"it was computed with AMF* {amf.hex()} in place of {AMF_RESYNC.hex()}"
    plain, outputs = functions.revealed(rand, auts[:6], AMF_RESYNC)
    if functions.f1_star(rand, plain, AMF_RESYNC) == mac:
        return "SQN_MS was concealed with AK (f5) in place of AK* (f5*)"
    if functions.outputs(rand, sqn_ms, AMF_RESYNC).mac_a == mac or outputs.mac_a == mac:
        return "it was computed with f1 in place of f1*"
    return "it was made with other keys, or for another RAND"


@diagnosis(
    "auts-sqn",
    "TS 33.102 6.3.5",
    "The card asks to be followed to its own SQN, and no later challenge shows that the HSS did.",
)
def _resynchronised(said: Synchronisation) -> Iterator[Finding]:
    opened, card = _opened(said), said.challenge.card
    if opened is None or card is None or said.settled:
        return
    functions, sqn_ms = opened
    sqn = sqn_of(functions, said.challenge)
    where = "" if sqn is None else f", and the challenge has {sqn:012x}"
    way = "" if sqn is None else _way(_steps(card, sqn_ms, sqn), card.delta)
    yield Finding(
        f"The card is at SQN {sqn_ms:012x}{where}{way}.",
        "The HSS has to take SQN_MS from the AUTS and make the next vector above it.",
        (said.place, said.challenge.place),
    )


def _way(behind: int, delta: int) -> str:
    if -behind > delta:
        return f": {-behind} ahead, more than delta"
    return f": {behind} behind" if behind >= 0 else ""
