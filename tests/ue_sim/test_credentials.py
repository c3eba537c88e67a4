import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ue_sim.network import DOMAIN, IMPI, OPC, K, card, plain
from ue_sim.credentials import Login, Offer, chosen_offer
from ue_sim.usim import MacFailure, NoCard, Success, SyncFailure, Usim
from valkit.aka.digest import AKA, Algorithm, Digest, Nonce, parse_auts
from valkit.aka.errors import Malformed
from valkit.aka.milenage import Milenage
from valkit.aka.password import Password
from valkit.aka.vectors import Vector, generate, open_auts
from valkit.ids import SeededIds
from valkit.sip.auth import Challenge
from valkit.sip.message import Request

NETWORK = Milenage(K, OPC)
AMF = bytes.fromhex("8000")
NONE = frozenset(Algorithm) - AKA


def vector(sqn: int = 64) -> Vector:
    """Give what the HSS gives."""
    return generate(NETWORK, bytes(16), sqn, AMF)


def nonce(of: Vector) -> str:
    """Its nonce."""
    return str(Nonce(of.rand, of.autn))


def challenge(terms: str = "", of: Vector | None = None) -> Challenge:
    """Give a challenge with further terms."""
    return Challenge.parse(f'Digest realm="{DOMAIN}", nonce="{nonce(of or vector())}", algorithm=AKAv1-MD5{terms}')


def login() -> Login:
    """One that has seen nothing yet."""
    return Login(IMPI, DOMAIN, SeededIds(1))


def test_before_a_challenge_nonce_and_response_are_empty() -> None:
    """The first REGISTER names the IMPI and the home domain, and proves nothing (TS 24.229 5.1.1.2.2)."""
    credentials = login().authorization("REGISTER", b"")
    assert (credentials.scheme, plain(credentials)) == (
        "Digest",
        {"username": IMPI, "realm": DOMAIN, "uri": f"sip:{DOMAIN}", "nonce": "", "response": ""},
    )


@pytest.mark.parametrize(
    ("qops", "body", "chosen"),
    [
        ("auth", b"", "auth"),
        ("auth", b"token", "auth"),
        ("auth-int", b"", "auth-int"),
        ("auth,auth-int", b"", "auth"),
        ("auth,auth-int", b"token", "auth-int"),
        ("auth-int , auth", b"token", "auth-int"),
        ("token", b"", None),
        ("", b"token", None),
    ],
)
def test_a_body_is_covered_where_the_server_can(qops: str, body: bytes, chosen: str | None) -> None:
    """qop=auth-int is taken to protect a body, qop=auth otherwise, none where the server has none we know."""
    assert Offer.read(challenge(f', qop="{qops}"' if qops else "")).qop(body) == chosen


@pytest.mark.parametrize("qops", ["auth", "auth-int", ""])
@pytest.mark.parametrize("body", [b"", b"a token"])
def test_the_network_finds_the_response_right(qops: str, body: bytes) -> None:
    """The response is the one that XRES gives, with every qop."""
    phone, made = login(), vector()
    offer = Offer.read(challenge(f', qop="{qops}"' if qops else "", made))
    assert isinstance(phone.challenged(offer, card()), Success)
    said = plain(phone.authorization("REGISTER", body))
    assert Digest.read(said).proves(said["response"], made.keys.res, "REGISTER", body)


edges = st.lists(st.sampled_from([0x00, 0x0A, 0x0D, 0x5B, 0x5D, 0xFF]), min_size=16, max_size=16).map(bytes)
octets = edges | st.binary(min_size=16, max_size=16)


@given(k=octets, opc=octets, rand=octets)
def test_no_byte_of_a_key_or_res_is_special(k: bytes, opc: bytes, rand: bytes) -> None:
    """Zero, line ends, brackets: whatever K, OPc and RAND are, the network finds the response right."""
    made = generate(Milenage(k, opc), rand, 64, AMF)
    phone = login()
    assert isinstance(phone.challenged(Offer.read(challenge(', qop="auth"', made)), Usim.with_opc(k, opc)), Success)
    said = plain(phone.authorization("REGISTER", b""))
    assert Digest.read(said).proves(said["response"], made.keys.res, "REGISTER")


def test_a_nonce_is_counted() -> None:
    """Each further request on one nonce has the next nc and a cnonce of its own (RFC 7616 3.4)."""
    phone = login()
    phone.challenged(Offer.read(challenge(', qop="auth"')), card())
    first, second = (plain(phone.authorization("REGISTER", b"")) for _ in range(2))
    assert (first["nc"], second["nc"]) == ("00000001", "00000002")
    assert first["cnonce"] != second["cnonce"]
    assert first["response"] != second["response"]


def test_opaque_and_algorithm_go_back_as_they_came() -> None:
    """The server finds its own words again (RFC 7616 3.4)."""
    phone = login()
    phone.challenged(Offer.read(challenge(', opaque="a b"')), card())
    said = plain(phone.authorization("REGISTER", b""))
    assert (said["opaque"], said["algorithm"]) == ("a b", "AKAv1-MD5")


def test_a_wrong_mac_is_answered_with_an_empty_response() -> None:
    """No auts, an empty response, and the nonce that was refused (TS 24.229 5.1.1.5.3)."""
    made = vector()
    forged = made._replace(autn=made.autn[:-1] + bytes([made.autn[-1] ^ 1]))
    phone = login()
    assert phone.challenged(Offer.read(challenge(of=forged)), card()) == MacFailure()
    said = plain(phone.authorization("REGISTER", b""))
    assert (said["response"], said["nonce"]) == ("", nonce(forged))
    assert "auts" not in said


def test_a_used_sequence_number_is_answered_with_auts() -> None:
    """The auts is base64 of 14 bytes, the response made with an empty password (RFC 3310 3.4)."""
    phone, made = login(), vector(sqn=64)
    assert isinstance(phone.challenged(Offer.read(challenge(', qop="auth"', made)), card(sqn=96)), SyncFailure)
    said = plain(phone.authorization("REGISTER", b""))
    assert open_auts(NETWORK, made.rand, parse_auts(said["auts"])) == 96
    assert Digest.read(said).proves(said["response"], b"", "REGISTER")


@pytest.mark.parametrize(("sqn", "kept"), [(0, True), (96, False)], ids=["RES", "AUTS"])
def test_only_a_proof_outlives_its_request(sqn: int, kept: bool) -> None:
    """After a success a RES may be counted on, an AUTS may not."""
    phone = login()
    phone.challenged(Offer.read(challenge()), card(sqn))
    phone.keep_what_lasts()
    assert bool(plain(phone.authorization("REGISTER", b""))["nonce"]) is kept


@pytest.mark.parametrize(
    "text",
    [
        'Digest realm="r", nonce="AAAA", algorithm=X-1',
        'Digest realm="r", nonce="AAAA", algorithm=AKAv1-MD5',
        'Digest realm="r", algorithm=AKAv1-MD5',
        f'Digest nonce="{nonce(vector())}", algorithm=AKAv1-MD5',
        'Bearer authz_server="https://idms.home.example"',
    ],
)
def test_what_cannot_be_answered_is_malformed(text: str) -> None:
    """Another scheme or algorithm, a nonce too short for RAND and AUTN, or no realm."""
    with pytest.raises(Malformed):
        Offer.read(Challenge.parse(text))


@pytest.mark.parametrize(
    ("offered", "known", "chosen"),
    [
        (["AKAv1-MD5"], AKA, "AKAv1-MD5"),
        (["X-1", "AKAv1-MD5"], AKA, "AKAv1-MD5"),
        (["SHA-256", "AKAv1-MD5"], AKA, "AKAv1-MD5"),
        (["AKAv2-SHA-256", "AKAv2-MD5", "AKAv1-MD5"], AKA, "AKAv2-SHA-256"),
        (["AKAv2-MD5", "AKAv2-SHA-256"], AKA, "AKAv2-MD5"),
        (["AKAv1-MD5", "AKAv2-MD5", "AKAv2-SHA-256"], AKA, "AKAv2-MD5"),
        (["AKAv2-SHA-256", "AKAv1-MD5"], {Algorithm.AKAV1_MD5}, "AKAv1-MD5"),
        (["SHA-256", "MD5"], AKA, None),
        ([], AKA, None),
    ],
)
def test_which_challenge_is_answered(offered: list[str], known: frozenset[Algorithm], chosen: str | None) -> None:
    """The first that we know, in the server's order (RFC 8760 2.4); AKAv2 in any case if both versions stand there."""
    of = nonce(vector())
    challenges = [Challenge.parse(f'Digest realm="r", nonce="{of}", algorithm={each}') for each in offered]
    offer = chosen_offer(challenges, frozenset(known))
    assert (str(offer.algorithm) if offer else None) == chosen


@pytest.mark.parametrize("algorithm", sorted(AKA, key=str))
def test_each_algorithm_is_answered_in_its_own_way(algorithm: Algorithm) -> None:
    """Its name goes back, and the response is the one its password gives."""
    phone, made = login(), vector()
    text = f'Digest realm="{DOMAIN}", nonce="{nonce(made)}", algorithm={algorithm}, qop="auth"'
    phone.challenged(Offer.read(Challenge.parse(text)), card())
    said = plain(phone.authorization("REGISTER", b""))
    assert said["algorithm"] == str(algorithm)
    assert Digest.read(said).proves(said["response"], algorithm.password(made.keys), "REGISTER")


@pytest.mark.parametrize("algorithm", sorted(set(Algorithm) - AKA, key=str))
def test_without_a_card_the_password_proves_it(algorithm: Algorithm) -> None:
    """Digest alone, over a nonce that means nothing to the phone (TS 33.203 Annex N, RFC 8760)."""
    phone = login()
    challenges = [Challenge.parse(f'Digest realm="{DOMAIN}", nonce="n", algorithm={algorithm}, qop="auth"')]
    offer = chosen_offer(challenges, NONE)
    assert offer is not None
    assert isinstance(phone.challenged(offer, NoCard(Password(b"open sesame"), NONE)), Success)
    said = plain(phone.authorization("REGISTER", b""))
    assert said["algorithm"] == str(algorithm)
    assert Digest.read(said).proves(said["response"], b"open sesame", "REGISTER")


@pytest.mark.parametrize("password", [b"open sesame", b"open barley"])
def test_a_network_that_does_not_know_the_password_is_found_out(password: bytes) -> None:
    """By rspauth, over the terms of the phone's own proof and the answer's body; without rspauth nobody can tell."""
    phone = login()
    offer = Offer.read(Challenge.parse(f'Digest realm="{DOMAIN}", nonce="n", algorithm=SHA-256, qop="auth-int"'))
    phone.challenged(offer, NoCard(Password(b"open sesame"), NONE))
    digest = Digest.read(plain(phone.authorization("REGISTER", b"")))
    request = Request.create("REGISTER", f"sip:{DOMAIN}", [("From", "<sip:a@b>;tag=1"), ("To", "<sip:a@b>")])
    silent = request.answer(200, body=b"fine", content_type="text/plain")
    said = silent.with_header("Authentication-Info", f'qop=auth-int, rspauth="{digest.rspauth(password, b"fine")}"')
    assert not phone.disproved_by(silent)
    assert phone.disproved_by(silent.with_header("Authentication-Info", 'rspauth="'))
    assert phone.disproved_by(said) is (password != b"open sesame")


def test_nothing_secret_is_shown() -> None:
    """The repr of a login that holds a RES does not have it."""
    phone, made = login(), vector()
    phone.challenged(Offer.read(challenge(of=made)), card())
    assert repr(made.keys.res)[2:-1] not in repr(phone)
