"""Keys with the bytes that tools stumble over, from the settings to the last digest: zero, brackets, line ends, 0xFF.

Every such byte in every place of K, OP, OPc, TOP and TOPc, as a file has them, and of RES, CK and IK, as a card gives
them: phone and core of their own settings, messages rendered and parsed on a network in memory. Digests are held
against hashlib, so that both ends cannot be wrong in the same way.
"""

import hmac
from base64 import b64encode
from hashlib import md5, sha256
from textwrap import dedent
from typing import NamedTuple

import pytest
from attrs import define, field

from sipcore_stub.app import start as start_core
from sipcore_stub.settings import CoreSettings
from tests.support import Awaited, Network, result_of
from ue_sim.app import start as start_phone
from ue_sim.settings import UeSettings, UsimSettings
from valkit.aka.functions import Functions, Outputs
from valkit.aka.milenage import Milenage
from valkit.aka.settings import SubscriberKeys
from valkit.ids import SeededIds
from valkit.settings import SettingsError, read
from valkit.sip.auth import Challenge, Credentials
from valkit.sip.hop import Hop
from valkit.sip.message import Message, Request, Response

EDGES = ("00", "5b", "5d", "0d", "0a", "0d0a", "ff")
PLAIN = "1122334455667788"
PCSCF = Hop("udp", "127.0.0.21", 5060)


def spoilt(size: int, edge: str) -> list[str]:
    """Give keys of so many bytes with this edge in every place, and one of nothing else; in hexadecimal."""
    plain = (PLAIN * 4)[: 2 * size]
    places = range(0, 2 * size - len(edge) + 1, 2)
    return [*(plain[:at] + edge + plain[at + len(edge) :] for at in places), (edge * size)[: 2 * size]]


@define
class Tap:
    """Takes down what is sent, as it was understood from the bytes."""

    sent: list[tuple[Hop, Message]] = field(factory=list)

    def sending(self, message: Message, source: Hop, _: Hop) -> int:
        """Take a message down, and let it go."""
        self.sent.append((source, message))
        return 1

    def received(self, *_: object) -> bool:
        """Let everything arrive."""
        return True


class Registered(NamedTuple):
    """What was said while a phone registered."""

    status: int
    challenge: Challenge
    """As the S-CSCF sent it, with CK and IK."""
    proof: Credentials
    """Of the last REGISTER that the phone sent."""


def registered(keys: list[dict[str, str]], algorithm: str = "AKAv1-MD5") -> list[Registered]:
    """Register a phone for each of these keys, at a core that has them too."""
    network, tap = Network(), Tap()
    network.delay = 0.001
    named = {
        f"u{number}": "".join(f"    {name}: {key}\n" for name, key in each.items()) for number, each in enumerate(keys)
    }
    core = f"domain: home.example\nchallenges: [{algorithm}]\nsubscribers:\n"
    for name, lines in named.items():
        core += f"  - impi: {name}@home.example\n    impus: ['sip:{name}@home.example']\n{lines}"
    settings = read(CoreSettings, core, "core.yaml")
    result_of(start_core(network, network.clock, settings, SeededIds("core"), lambda _: None, tap))
    return [_registered(network, tap, name, lines) for name, lines in named.items()]


def _registered(network: Network, tap: Tap, name: str, lines: str) -> Registered:
    tap.sent.clear()
    hop = Hop("udp", f"192.0.2.{name[1:]}", 0)
    usim = read(UsimSettings, dedent(lines), "usim.yaml")
    phone = UeSettings(impi=f"{name}@home.example", impu=f"sip:{name}@home.example", usim=usim, core=PCSCF, listen=hop)
    running = result_of(start_phone(network, network.clock, phone, SeededIds(name), lambda _: None, tap))
    answer = Awaited(running.ue.register())
    network.run(1)
    responses = [message for _, message in tap.sent if isinstance(message, Response)]
    requests = [message for source, message in tap.sent if isinstance(message, Request) and source.host == hop.host]
    challenge = next(response.challenge for response in responses if response.status == 401)
    proof = requests[-1].authorization
    assert challenge is not None
    assert proof is not None
    return Registered(answer.result.status, challenge, proof)


K, OPC, TOPC = PLAIN * 2, PLAIN[::-1] * 2, PLAIN[::-1] * 4


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize(
    ("name", "size", "others"),
    [
        ("k", 16, {"opc": OPC}),
        ("op", 16, {"k": K}),
        ("opc", 16, {"k": K}),
        ("k", 32, {"algorithm": "tuak", "topc": TOPC}),
        ("top", 32, {"algorithm": "tuak", "k": K}),
        ("topc", 32, {"algorithm": "tuak", "k": K}),
    ],
)
def test_a_key_may_have_any_byte_in_any_place(name: str, size: int, others: dict[str, str], edge: str) -> None:
    """Written without quotes, however much like a number it looks, it is the key; phone and core agree on RES."""
    for key in spoilt(size, edge):
        lines = "".join(f"{each}: {value}\n" for each, value in ({**others, name: key}).items())
        assert getattr(read(SubscriberKeys, lines, "keys.yaml"), name) == bytes.fromhex(key)
    (said,) = registered([{**others, name: key}])
    assert said.status == 200


@pytest.mark.parametrize(
    "key", ["0" * 32, "12345678" * 4, "1e" + "3" * 30, "0" * 15 + "e" + "1" * 16, "9" * 31 + "E", "0o" + "1" * 30]
)
def test_a_key_that_looks_like_a_number_is_read_digit_by_digit(key: str) -> None:
    """YAML would take these for integers, for infinity, or for octal; the last is no key at all."""
    lines = f"k: {key}\nopc: {OPC}\n"
    if "o" in key:
        with pytest.raises(SettingsError, match="is not a key"):
            read(SubscriberKeys, lines, "keys.yaml")
    else:
        assert read(SubscriberKeys, lines, "keys.yaml").k == bytes.fromhex(key)


@define
class Chosen:
    """Functions whose RES, CK and IK somebody has chosen; all else is Milenage's."""

    outputs_of: Functions
    chosen: dict[str, bytes]

    def outputs(self, rand: bytes, sqn: int, amf: bytes) -> Outputs:
        """Give f1 to f5 with what was chosen."""
        return self.outputs_of.outputs(rand, sqn, amf)._replace(**self.chosen)

    def revealed(self, rand: bytes, concealed: bytes, amf: bytes) -> tuple[int, Outputs]:
        """Give SQN, and f1 to f5 with what was chosen."""
        sqn, outputs = self.outputs_of.revealed(rand, concealed, amf)
        return sqn, outputs._replace(**self.chosen)

    def f1_star(self, rand: bytes, sqn: int, amf: bytes) -> bytes:
        """Give MAC-S."""
        return self.outputs_of.f1_star(rand, sqn, amf)

    def f5_star(self, rand: bytes) -> bytes:
        """Give AK*."""
        return self.outputs_of.f5_star(rand)


def expected(proof: Credentials, outputs: dict[str, bytes]) -> str:
    """Compute the response by RFC 3310 3.3, RFC 4169 3 and RFC 7616 3.4.1, with hashlib alone."""
    said = {name: proof.get(name) or "" for name in proof.params}
    new = sha256 if "SHA-256" in said["algorithm"] else md5
    password = outputs["res"]
    if said["algorithm"].startswith("AKAv2"):
        secret = outputs["res"] + outputs["ik"] + outputs["ck"]
        password = b64encode(hmac.digest(secret, b"http-digest-akav2-password", new))
    a1 = new(f"{said['username']}:{said['realm']}:".encode() + password).hexdigest()
    a2 = new(f"REGISTER:{said['uri']}".encode()).hexdigest()
    middle = ":".join(said[name] for name in ("nonce", "nc", "cnonce", "qop"))
    return new(f"{a1}:{middle}:{a2}".encode()).hexdigest()


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize(
    ("name", "size", "algorithm"),
    [
        ("res", 4, "AKAv1-MD5"),
        ("res", 8, "AKAv1-MD5"),
        ("res", 16, "AKAv1-MD5"),
        ("res", 32, "AKAv2-SHA-256"),
        ("ck", 16, "AKAv1-MD5"),
        ("ck", 16, "AKAv2-SHA-256"),
        ("ck", 32, "AKAv2-MD5"),
        ("ik", 16, "AKAv1-MD5"),
        ("ik", 16, "AKAv2-MD5"),
    ],
)
def test_what_a_card_gives_may_have_any_byte_in_any_place(
    name: str, size: int, algorithm: str, edge: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RES as a password, CK and IK beside it: the core finds the response right, and so does hashlib."""
    usual = {"res": bytes.fromhex(PLAIN), "ck": bytes.fromhex(K), "ik": bytes.fromhex(OPC)}
    cards = {f"{number:032x}": {**usual, name: bytes.fromhex(key)} for number, key in enumerate(spoilt(size, edge))}

    def functions(self: SubscriberKeys) -> Functions:
        k, opc = self.k or b"", self.opc or b""
        return Chosen(Milenage(k, opc), cards[k.hex()])

    monkeypatch.setattr(SubscriberKeys, "functions", property(functions))
    for said, outputs in zip(registered([{"k": k, "opc": OPC} for k in cards], algorithm), cards.values(), strict=True):
        assert said.status == 200
        assert said.proof.get("response") == expected(said.proof, outputs)
        if algorithm == "AKAv1-MD5":
            assert (said.challenge.get("ck"), said.challenge.get("ik")) == (outputs["ck"].hex(), outputs["ik"].hex())


def test_a_password_may_have_any_character() -> None:
    """Quotes, colons, backslashes and what is not ASCII are hashed as they are (RFC 7616 3.4)."""
    for password in ('"', "a:b", "\\", "%00", "Grüße", " ", "😀", "\\x00\\n"):
        written = "'" + password + "'"
        (said,) = registered([{"algorithm": "digest", "password": written}], "SHA-256")
        assert said.status == 200
        assert said.proof.get("response") == expected(said.proof, {"res": password.encode()})
