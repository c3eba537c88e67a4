"""Third-party REGISTERs as they are answered, and what they leave bound."""

import pytest

from tests.valserver.parts import ALICE, ISSUER, NOW, STRANGER, TOKENS, Server, register, token
from valkit.carriers import BEARER, val_info
from valkit.sip import Part, Request, build_multipart
from valserver.facts import Deregistered


@pytest.fixture
def server() -> Server:
    """Give a server that knows nothing."""
    return Server()


def test_a_token_binds(server: Server) -> None:
    """200 with the granted expiry (REG-10, REG-11)."""
    answer = server.asked(register(token("alice", "dispatch", "video")))
    assert (answer.status, answer.expires) == (200, 3_600)
    assert server.bound() == ("alice", ("dispatch", "video"))


def test_the_ues_own_register_inside_is_looked_into(server: Server) -> None:
    """As message/sip, which is what an S-CSCF sends (TS 24.229 5.4.1.7)."""
    inner = register(token())
    assert server.asked(register().with_body(bytes(inner), "message/sip")).status == 200
    assert server.bound() == ("alice", ("dispatch",))


def test_a_multipart_with_service_information_is_understood(server: Server) -> None:
    """The token stands in one of its parts; the others are of no concern here."""
    service_info = Part.create("application/3gpp-ims+xml", b"<ims-3gpp/>")
    other = Part.create("application/unheard-of", b"?")
    content_type, body = build_multipart([service_info, Part.create(*val_info(token(), "phone")), other])
    assert server.asked(register().with_body(body, content_type)).status == 200
    assert server.bound() is not None


INNER = register(token()).with_header("Call-ID", "ue-1")
KIND, BODY = build_multipart([Part.create(*val_info(token()))])
MULTIPART = register().with_body(BODY, KIND)
OK = INNER.answer(200, headers=[("P-Associated-URI", "<sip:broken, <<"), ("Service-Route", "<sip:scscf;lr>")])


@pytest.mark.parametrize(
    ("parts", "bound"),
    [
        ([], False),
        ([("application/3gpp-ims+xml", b"<ims-3gpp/>")], False),
        ([("message/sip", bytes(OK))], False),
        ([("message/sip", bytes(INNER))], True),
        ([val_info(token(), "phone")], True),
        ([("message/sip", bytes(INNER)), ("message/sip", bytes(OK))], True),
        (
            [("application/3gpp-ims+xml", b"<ims-3gpp/>"), ("message/sip", bytes(INNER)), ("message/sip", bytes(OK))],
            True,
        ),
        (
            [
                (
                    "message/sip",
                    bytes(MULTIPART),
                )
            ],
            True,
        ),
    ],
)
@pytest.mark.parametrize("alone", [True, False])
def test_every_shape_of_a_third_party_register_is_taken(
    parts: list[tuple[str, bytes]], bound: bool, alone: bool
) -> None:
    """Whatever of it a core encloses, in a multipart or not, and whichever headers it adds (TS 24.229 5.4.1.7)."""
    request = register(
        Event="reg", Path="<sip:pcscf;lr>", P_Associated_URI="<sip:broken, <<", P_Charging_Vector="icid=1"
    )
    if parts:
        content_type, body = (
            parts[0] if alone and len(parts) == 1 else build_multipart(Part.create(*each) for each in parts)
        )
        request = request.with_body(body, content_type)
    server = Server()
    assert server.asked(request).status == 200
    assert (server.bound() is not None) is bound


def test_a_core_that_never_counts_on_is_served(server: Server) -> None:
    """The same Call-ID and CSeq each time, or a new Call-ID and CSeq 1 each time."""
    for call_id in ("one", "one", "two", "three"):
        assert server.asked(register(token(), Call_ID=call_id)).status == 200
    assert server.asked(register(expires=0, Call_ID="three")).status == 200
    assert server.asked(register(token(), Call_ID="three")).status == 200
    assert server.bound() == ("alice", ("dispatch",))


def test_an_implicit_set_stays_bound_as_a_whole(server: Server) -> None:
    """A REGISTER from the core for each IMPU of the set, the UE's own one inside; To in that one says it is a set."""
    inner = register(token())
    for impu in (ALICE, "sip:alice.duty@home.example", "tel:+4930123"):
        assert server.asked(register(impu=impu).with_body(bytes(inner), "message/sip")).status == 200
    for impu in (ALICE, "sip:alice.duty@home.example", "tel:+4930123"):
        assert server.bound(impu) == ("alice", ("dispatch",))
    moved = register(token(), To="<sip:new@home.example>")
    server.asked(register(impu="sip:new@home.example").with_body(bytes(moved), "message/sip"))
    assert (server.bound(ALICE), server.bound("tel:+4930123")) == (None, None)


def test_a_late_register_does_not_bind_again_what_has_ended(server: Server) -> None:
    """Same Call-ID, lower CSeq, after the de-registration: 400 (RFC 3261 10.3, step 7)."""
    server.asked(register(token(), cseq=1))
    server.asked(register(expires=0, cseq=3))
    assert server.asked(register(token(), cseq=2)).status == 400
    assert server.bound() is None
    assert server.asked(register(token(), cseq=4)).status == 200


def test_no_token_binds_nothing(server: Server) -> None:
    """And is no fault (REG-12); it is told as long as nobody is bound, so that it does not go unseen."""
    assert server.asked(register()).status == 200
    assert server.bound() is None
    assert server.told() == [("no token", "none came")]
    server.asked(register(token(), cseq=2))
    server.asked(register(cseq=3))
    server.asked(register(expires=0, cseq=4))
    assert [what for what, _ in server.told()] == ["no token", "bound", "unbound"]


BEARER_ONLY = {"carriers": ["bearer"]}
UNTAKEN = ("no token", "a token came in val-info, which this server does not take (carriers: bearer)")


@pytest.mark.parametrize("direct", [False, True])
def test_a_token_in_a_carrier_that_is_not_taken_is_told(*, direct: bool) -> None:
    """Whether the core encloses the document, which is passed over, or puts it there itself, which is a 415."""
    server = Server(settings=BEARER_ONLY)
    inner = register(token())
    request = inner if direct else register().with_body(bytes(inner), "message/sip")
    assert server.asked(request).status == (415 if direct else 200)
    assert server.told() == [("refused", "unknown body")] * direct + [UNTAKEN]
    assert server.bound() is None


def test_a_refused_token_leaves_everything_as_it_was(server: Server) -> None:
    """403 with the warning, the cause only in the event; the older binding stays, its end too."""
    server.asked(register(token()))
    before = server.ledger.current(ALICE)
    answer = server.asked(register(token(aud="elsewhere"), cseq=2, expires=9_999))
    assert answer.status == 403
    assert answer.headers.get("Warning") == '399 val.home.example "101 service authorisation failed"'
    assert server.told()[-1] == ("refused", "wrong_audience")
    assert server.events[-1].detail.startswith("The token is meant for someone else.")
    assert "someone else" not in bytes(answer).decode()
    assert server.ledger.current(ALICE) == before


def test_a_stranger_binds_nothing(server: Server) -> None:
    """403 and an event, whatever the token."""
    assert server.asked(register(token()), STRANGER).status == 403
    assert server.bound() is None
    assert server.told() == [("refused", "untrusted peer 192.0.2.66 (not in trusted_peers)")]


def test_a_stranger_ends_nothing(server: Server) -> None:
    """Not even with Expires: 0."""
    server.asked(register(token()))
    assert server.asked(register(expires=0, cseq=2), STRANGER).status == 403
    assert server.bound() is not None


def test_expires_zero_ends_the_binding(server: Server) -> None:
    """Even when the body is one that would be refused: it is not looked at."""
    server.asked(register(token()))
    answer = server.asked(register("no token at all", expires=0, cseq=2))
    assert (answer.status, answer.expires) == (200, 0)
    assert server.bound() is None


def test_the_impu_is_canonical(server: Server) -> None:
    """Two spellings in To are one IMPU."""
    server.asked(register(token(), To="<sip:%61lice@HOME.example;user=phone>"))
    assert server.bound(ALICE) is not None


def test_the_expiry_has_a_default_and_a_bound(server: Server) -> None:
    """It may be shortened, never lengthened."""
    assert server.asked(register(expires=None)).expires == 3_600
    assert server.asked(register(expires=4_000_000, cseq=2)).expires == 1_209_600
    assert server.asked(register(expires=60, cseq=3)).expires == 60


def test_the_contacts_expiry_beats_the_headers(server: Server) -> None:
    """RFC 3261 10.3, step 6."""
    contact = "<sip:scscf.home.example>;expires=120"
    assert server.asked(register(expires=600, Contact=contact)).expires == 120


def test_contact_star_ends_the_binding(server: Server) -> None:
    """As Expires: 0, which comes with it (RFC 3261 10.2.2)."""
    server.asked(register(token()))
    assert server.asked(register(expires=0, cseq=2, Contact="*")).status == 200
    assert server.bound() is None


def test_without_contact_the_registrar_is_in_from(server: Server) -> None:
    """Both name the S-CSCF."""
    server.asked(register(token(), Contact=""))
    registration = server.ledger.current(ALICE).registration
    assert registration is not None
    assert registration.registrar == "sip:scscf.home.example"


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Contact", "<sip:scscf", 400),
        ("Expires", "soon", 400),
        ("To", "<sip:@>", 400),
        ("Require", "gruu", 420),
        ("Content-Type", "application/sdp", 415),
    ],
)
def test_what_cannot_be_understood_changes_nothing(server: Server, header: str, value: str, status: int) -> None:
    """It is answered as RFC 3261 8.2 says."""
    assert server.asked(register(token()).with_header(header, value)).status == status
    assert list(server.store.records()) == []


def test_a_late_register_is_refused_without_harm(server: Server) -> None:
    """400 and not 5xx: the S-CSCF must not end the user's registration for it."""
    server.asked(register(token(), cseq=5))
    assert server.asked(register(expires=0, cseq=4)).status == 400
    assert server.told()[-1] == ("refused", "out of order")
    assert server.bound() is not None


def test_a_repeated_register_gets_the_same_answer(server: Server) -> None:
    """And changes nothing: same CSeq, same To tag."""
    request = register(token())
    assert bytes(server.asked(request)) == bytes(server.asked(request))
    assert server.told() == [("bound", "token")]


def test_a_registration_that_nobody_refreshed_ends(server: Server) -> None:
    """By the server's own timer."""
    server.ledger.start()
    server.asked(register(token(), expires=60))
    server.clock.advance(60)
    assert server.told() == [("bound", "token"), ("unbound", "registration expired")]
    assert list(server.store.records()) == []


def test_the_fact_names_the_call(server: Server) -> None:
    """So that a late one can be told from a new one."""
    (fact,), expires, *_ = server.handler.registrations.read(register(expires=0, cseq=7), NOW)
    assert (fact, expires) == (Deregistered(ALICE, "call-1", 7), 0)


def test_a_star_goes_with_expires_0(server: Server) -> None:
    """400 otherwise, and nothing ends (RFC 3261 10.3, step 6)."""
    server.asked(register(token()))
    assert server.asked(register(cseq=2, Contact="*", expires=3_600)).status == 400
    assert server.bound() is not None
    assert server.asked(register(cseq=3, Contact="*", expires=0)).status == 200
    assert server.bound() is None


# --- several services, and modes ----------------------------------------------------------------------------------

SEVERAL = {
    "services": [
        {"name": "v2x", "carriers": ["val-info"], "tokens": {**TOKENS, "audience": "v2x"}},
        {"name": "uas", "carriers": ["val-info"], "tokens": {**TOKENS, "audience": "uas"}},
    ]
}


def both(*tokens: str) -> tuple[str, bytes]:
    """Put several tokens into one body."""
    return build_multipart(Part.create(*val_info(each, "phone")) for each in tokens)


def with_tokens(*tokens: str, cseq: int = 1) -> Request:
    """Build a REGISTER that carries several."""
    content_type, body = both(*tokens)
    return register(cseq=cseq).with_body(body, content_type)


def test_one_register_binds_in_several_services() -> None:
    """One user may have another name in each; the events say which service it was."""
    server = Server(settings=SEVERAL)
    request = with_tokens(token("vera", aud="v2x", jti="1"), token("ulf", aud="uas", jti="2", sub="vera"))
    assert server.asked(request).status == 200
    assert (server.bound(service="v2x"), server.bound(service="uas")) == (
        ("vera", ("dispatch",)),
        ("ulf", ("dispatch",)),
    )
    assert [(event.what, event.service) for event in server.events] == [("bound", "v2x"), ("bound", "uas")]


def test_a_register_without_token_refreshes_all_of_them_and_expires_0_ends_them() -> None:
    """The registration is one."""
    server = Server(settings=SEVERAL)
    server.asked(with_tokens(token("vera", aud="v2x", jti="1"), token("ulf", aud="uas", jti="2", sub="vera")))
    server.clock.advance(3_000)
    server.asked(register(CSeq="2 REGISTER"))
    server.clock.advance(3_000)
    assert server.bound(service="v2x") is not None
    server.asked(register(expires=0, CSeq="3 REGISTER"))
    assert (server.bound(service="v2x"), server.bound(service="uas")) == (None, None)


def test_a_service_whose_token_is_refused_keeps_what_it_has() -> None:
    """And the others are bound; the answer is 200, since a valid token grants the use of its service (AUT-01)."""
    server = Server(settings=SEVERAL)
    server.asked(with_tokens(token("vera", aud="v2x", jti="1"), token("ulf", aud="uas", jti="2", sub="vera")))
    late = with_tokens(token("vic", aud="v2x", jti="3"), token("una", aud="uas", exp=NOW - 60), cseq=2)
    assert server.asked(late).status == 200
    assert (server.bound(service="v2x"), server.bound(service="uas")) == (
        ("vic", ("dispatch",)),
        ("ulf", ("dispatch",)),
    )
    assert ("refused", "expired", "uas") in [(event.what, event.cause, event.service) for event in server.events]


def test_where_no_token_holds_the_register_is_refused() -> None:
    """403, and each service says why."""
    server = Server(settings=SEVERAL)
    request = with_tokens(token("vera", aud="v2x", exp=NOW - 60), token("ulf", aud="uas", nbf=NOW + 60))
    assert server.asked(request).status == 403
    told = [(event.what, event.cause, event.service) for event in server.events]
    assert told == [("refused", "expired", "v2x"), ("refused", "not_yet_valid", "uas")]


def test_what_is_only_logged_is_served_without_its_token() -> None:
    """200, nothing is bound, and it is told what would have been refused and why."""
    server = Server(settings={"mode": "log-only"})
    assert server.asked(register(token(lifetime=-60.0))).status == 200
    assert (server.told(), server.bound()) == ([("tolerated", "expired")], None)
    assert server.ledger.current(ALICE).registration is not None
    assert server.asked(register(token(), cseq=2)).status == 200
    assert server.bound() == ("alice", ("dispatch",))


def test_where_it_is_off_no_token_binds() -> None:
    """Good or bad, it is not looked at; the registration is known."""
    server = Server(settings={"mode": "off"})
    for number, each in enumerate((token(), "nonsense"), 1):
        assert server.asked(register(each, cseq=number)).status == 200
    assert (server.told(), server.bound()) == ([], None)
    assert server.ledger.current(ALICE).registration is not None


def test_a_stranger_is_refused_in_any_mode() -> None:
    """Who asserts identities is no matter of tokens."""
    for mode in ("log-only", "off"):
        assert Server(settings={"mode": mode}).asked(register(), STRANGER).status == 403


def test_a_token_in_a_header_binds_and_is_challenged() -> None:
    """As RFC 8898 has it: 401 names an authorization server."""
    server = Server()
    assert server.asked(register().adding(*BEARER.write(token()))).status == 200
    assert server.bound() == ("alice", ("dispatch",))
    answer = server.asked(register(cseq=2).adding(*BEARER.write("nonsense")))
    assert answer.status == 401
    assert f'authz_server="{ISSUER}"' in str(answer.headers.get("WWW-Authenticate"))
    assert 'error="invalid_token"' in str(answer.headers.get("WWW-Authenticate"))
