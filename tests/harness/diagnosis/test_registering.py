"""Each fault is made for real: the messages that such a core or UE sends."""

from typing import Any

import pytest

from harness.diagnosis import findings_in
from harness.diagnosis.facts import Arrived, Exchange, ThirdParty
from harness.evidence import Seen, Spot
from tests.harness.scenes import TOKEN
from valkit.carriers import val_info
from valkit.sip import Hop, Request

CORE = Hop("udp", "192.0.2.3", 5060)


def request(method: str = "REGISTER", *, sender: str = "alice", token: bool = False, **headers: str) -> Request:
    """Make a request; with a token in a val-info document."""
    fields = [
        ("Via", "SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bKa"),
        ("From", f"<sip:{sender}@home.example>;tag=a"),
        ("To", "<sip:alice@home.example>"),
        ("Call-ID", sender),
        ("CSeq", f"1 {method}"),
        *((name.replace("_", "-"), value) for name, value in headers.items()),
    ]
    content_type, body = val_info(TOKEN) if token else (None, b"")
    return Request.create(method, "sip:home.example", fields, body, content_type)


def seen(message: Request, at: float = 1.0, frame: int = 5) -> Seen:
    """Have it seen."""
    return Seen(Spot(f"frame {frame}", at, CORE), message)


OWN = seen(request(token=True, Expires="600"), 0.9, 3)
GRANTED = Seen(Spot("frame 4", 0.95), OWN.message.answer(200, headers=[("Expires", "600")]))  # type: ignore[union-attr]
TOLD = seen(request(sender="scscf", token=True, Expires="600"))


def names(fact: object) -> list[str]:
    """Name what is found wrong."""
    return [finding.name for finding in findings_in([fact])]


def test_a_healthy_third_party_register_has_no_finding() -> None:
    """With the token, after the 200, from whom the server trusts."""
    assert names(ThirdParty(TOLD, OWN, GRANTED)) == []


def test_the_criterion_does_not_ask_for_the_ues_register() -> None:
    """So the token does not travel; of a de-registration nothing is expected."""
    assert names(ThirdParty(seen(request(sender="scscf", Expires="600")), OWN)) == ["include-register-request"]
    assert names(ThirdParty(seen(request(sender="scscf", Expires="0")), OWN)) == []


@pytest.mark.parametrize("method", ["REGISTER", "PUBLISH"])
def test_the_sender_is_not_trusted(method: str) -> None:
    """Its address is told; from whom the server trusts, all is well."""
    (finding,) = findings_in([Arrived(seen(request(method)), lambda _: False)])
    assert finding.name == "untrusted-sender"
    assert "192.0.2.3" in finding.sentence
    assert names(Arrived(seen(request(method)), lambda host: host == CORE.host)) == []


def test_the_third_party_register_goes_out_before_the_200() -> None:
    """By how much."""
    early = seen(request(sender="scscf", token=True, Expires="600"), 0.94)
    (finding,) = findings_in([ThirdParty(early, OWN, GRANTED)])
    assert finding.name == "third-party-early"
    assert "10.0 ms before the 200" in finding.sentence


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, ["third-party-expires"]),
        ({"Contact": "<sip:scscf@192.0.2.3>"}, ["third-party-expires"]),
        ({"Contact": "<sip:scscf@192.0.2.3>;expires=600"}, []),
        ({"Expires": "0"}, []),
    ],
)
def test_the_third_party_register_says_not_how_long(headers: dict[str, Any], found: list[str]) -> None:
    """In neither place."""
    assert names(ThirdParty(seen(request(sender="scscf", **headers)))) == found


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([("Contact", "<sip:192.0.2.1>")], ["granted-expires"]),
        ([("Contact", "<sip:192.0.2.1>;expires=60")], []),
        ([("Contact", "<sip:192.0.2.1>"), ("Expires", "60")], []),
        ([], []),
    ],
)
def test_the_200_says_not_how_long(headers: list[tuple[str, str]], found: list[str]) -> None:
    """The contact stands for a time that nobody knows; after a de-registration there is none."""
    own = request()
    assert names(Exchange(seen(own), Seen(Spot("frame 6"), own.answer(200, headers=headers)))) == found


def challenged(realm: str, uri: str, impi: str, *, granted: bool = False) -> Exchange:
    """Have a phone challenged."""
    own = request(Authorization=f'Digest username="{impi}", realm="", nonce="", uri="", response=""')
    own = Request.create("REGISTER", uri, [*own.headers.items()])
    offer = [("WWW-Authenticate", f'Digest realm="{realm}", nonce="bm9uY2U=", algorithm=MD5')]
    return Exchange(seen(own), Seen(Spot("frame 6"), own.answer(401, headers=offer)), granted=granted)


@pytest.mark.parametrize(
    ("realm", "uri", "impi", "found"),
    [
        ("home.example", "sip:home.example", "alice@home.example", []),
        ("scscf.home.example", "sip:home.example", "alice@home.example", []),
        ("HOME.example", "sip:other.example", "alice@other.example", []),
        ("other.example", "sip:home.example", "alice@home.example", ["challenge-realm"]),
        ("nothome.example", "sip:home.example", "alice", ["challenge-realm"]),
    ],
)
def test_the_challenge_is_of_another_realm(realm: str, uri: str, impi: str, found: list[str]) -> None:
    """Than every domain that the phone registers with; where it is let in all the same, it is well."""
    assert names(challenged(realm, uri, impi)) == found
    assert names(challenged(realm, uri, impi, granted=True)) == []


def test_a_foreign_realm_is_told_with_the_phones_own_domains() -> None:
    """So that they can be compared."""
    (finding,) = findings_in([challenged("other.example", "sip:ims.example", "alice@home.example")])
    assert finding.sentence == (
        "The challenge is of realm 'other.example', and the phone registers with Request-URI of ims.example, IMPU of "
        "home.example, IMPI of home.example."
    )


@pytest.mark.parametrize(
    ("uri", "status", "found"),
    [
        ("sip:other.example", 404, ["home-domain", "registration-refused"]),
        ("sip:home.example", 404, ["registration-refused"]),
        ("sip:other.example", 200, []),
    ],
)
def test_a_refused_register_goes_to_another_domain_than_its_own(uri: str, status: int, found: list[str]) -> None:
    """The cause stands before the refusal."""
    own = Request.create("REGISTER", uri, [*request(Expires="600").headers.items()])
    assert names(Exchange(seen(own), Seen(Spot("frame 6"), own.answer(status)))) == found


def test_p_associated_uri_is_no_list_of_addresses() -> None:
    """As a tel URI makes it at some cores: without brackets, behind a parameter."""
    wrong = request().answer(200, headers=[("P-Associated-URI", "<sip:alice@home.example>, <tel:+1;phone-context>x")])
    assert names(Seen(Spot("frame 6"), wrong)) == ["p-associated-uri"]
    right = request().answer(200, headers=[("P-Associated-URI", "<sip:alice@home.example>, <tel:+15550100>")])
    assert names(Seen(Spot("frame 6"), right)) == []


def test_nobody_says_who_publishes() -> None:
    """And the PUBLISH was refused within the core; one with an identity was refused for something else."""
    asserted: dict[str, Any] = {"P_Asserted_Identity": "<sip:alice@home.example>"}
    for headers, within, cause in (({}, True, ["asserted-identity"]), ({}, False, []), (asserted, True, [])):
        publish = request("PUBLISH", **headers)
        found = names(Exchange(seen(publish), Seen(Spot("frame 6"), publish.answer(403)), within=within))
        assert found == [*cause, "publish-refused"]


def test_the_event_package_is_not_served() -> None:
    """What is served is told."""
    publish = request("PUBLISH", Event="presence")
    answer = publish.answer(489, headers=[("Allow-Events", "poc-settings")])
    (finding,) = findings_in([Exchange(seen(publish), Seen(Spot("frame 6"), answer))])
    assert finding.name == "event-package"
    assert finding.sentence == "The PUBLISH has Event 'presence'; the server serves poc-settings."


def test_the_body_is_not_understood() -> None:
    """What is understood is told."""
    publish = request("PUBLISH", token=True)
    answer = publish.answer(415, headers=[("Accept", "application/sdp")])
    (finding,) = findings_in([Exchange(seen(publish), Seen(Spot("frame 6"), answer))])
    assert finding.name == "body-not-understood"
    assert "it takes application/sdp" in finding.sentence
