"""Answers of the S-CSCF. What stands in 401 and 200 is shown in test_registering, by what a UE makes of them."""

from attrs import evolve

from sipcore_stub.contacts import Binding
from sipcore_stub.scscf.answers import Grant, challenged, granted, server_proof
from sipcore_stub.scscf.registration import Challenge
from tests.sipcore_stub.parts import IMPI, IMPU, Phone, card
from tests.vectors import digest_aka
from valkit.aka.digest import Algorithm, Digest
from valkit.aka.password import Password
from valkit.aka.vectors import generate
from valkit.sip.auth import Challenge as WwwAuthenticate
from valkit.sip.headers import NameAddr

# Milenage set 1, whose digests are known answers
VECTOR = generate(card(), bytes.fromhex("23553cbe9637a89d218ae64dae47bf35"), 0xFF9BB4D0B607, b"\xb9\xb9")
CHALLENGE = Challenge(IMPI, digest_aka.REALM, digest_aka.NONCE, VECTOR, (Algorithm.AKAV1_MD5,), "call", 240.0)


def test_a_challenge_stands_there_once_for_each_algorithm() -> None:
    """In order of preference, over the same RAND and AUTN; with AKAv2 the keys for the P-CSCF are masked."""
    offered = (Algorithm.AKAV2_SHA_256, Algorithm.AKAV1_MD5)
    response = challenged(Phone().register(), evolve(CHALLENGE, algorithms=offered), "auth")
    first, second = map(WwwAuthenticate.parse, response.headers.all("WWW-Authenticate"))
    assert (first.get("algorithm"), second.get("algorithm")) == ("AKAv2-SHA-256", "AKAv1-MD5")
    assert first.get("nonce") == second.get("nonce") == digest_aka.NONCE
    assert (second.get("ck"), second.get("ik")) == (VECTOR.keys.ck.hex(), VECTOR.keys.ik.hex())
    ck, ik = Algorithm.AKAV2_SHA_256.session(VECTOR.keys)
    assert (first.get("ck"), first.get("ik")) == (ck.hex(), ik.hex())


def test_a_challenge_without_aka_has_no_keys() -> None:
    """There are none after SIP Digest (TS 33.203 Annex N)."""
    vector = Password(b"open sesame").vector(b"n" * 16)
    challenge = evolve(CHALLENGE, vector=vector, algorithms=(Algorithm.SHA_256,))
    offer = challenged(Phone().register(), challenge, "auth").challenge
    assert offer is not None
    assert [offer.get(name) for name in ("algorithm", "ck", "ik")] == ["SHA-256", None, None]
    assert "sesame" not in repr(challenge)


def test_a_challenge_does_not_show_its_keys() -> None:
    """A challenge in a log or a failing test shows neither RES nor keys."""
    assert VECTOR.keys.ck.hex() not in repr(CHALLENGE)
    assert "Keys(...)" in repr(CHALLENGE)


def test_rspauth_is_the_known_one() -> None:
    """Authentication-Info proves XRES as computed elsewhere."""
    digest = Digest(
        Algorithm.AKAV1_MD5,
        digest_aka.USERNAME,
        digest_aka.REALM,
        digest_aka.NONCE,
        digest_aka.URI,
        "auth",
        digest_aka.NC,
        digest_aka.CNONCE,
    )
    name, value = server_proof(digest, CHALLENGE) or ("", "")
    assert name == "Authentication-Info"
    assert f'rspauth="{digest_aka.RSPAUTH}"' in value


def test_a_grant_says_what_is_left_of_each_contact() -> None:
    """Contact carries the remaining seconds, and Date the time they count from."""
    binding = Binding(NameAddr.parse("<sip:alice@127.0.0.11>;expires=7"), (), "call", 1, 1_000_100.0)
    response = granted(Phone().register(), Grant((binding,), (IMPU,), "<sip:s;lr>"), 1_000_000.0)
    assert response.headers.all("Contact") == ("<sip:alice@127.0.0.11>;expires=100",)
    assert response.date == 1_000_000.0
