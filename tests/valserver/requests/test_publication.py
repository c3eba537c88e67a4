"""PUBLISH as RFC 3903 6 answers it, step by step, and what it leaves bound."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valserver.parts import ALICE, SCSCF, STRANGER, TOKENS, Server, publish, register, token
from valkit.carriers import MCPTT_INFO, MCVIDEO_INFO, VAL_INFO, InfoDocument
from valkit.sip import Part, Response, build_multipart


@pytest.fixture
def server() -> Server:
    """Give a server that knows nothing."""
    return Server()


def tag(answer: Response) -> str:
    """Give the entity tag of a 200."""
    assert answer.status == 200, answer
    return answer.headers.get("SIP-ETag") or ""


def test_a_token_binds(server: Server) -> None:
    """200 with Expires and SIP-ETag (PUB-02, PUB-03)."""
    answer = server.asked(publish(token()))
    assert tag(answer)
    assert answer.expires == 3_600
    assert server.bound() == ("alice", ("dispatch",))
    assert server.events[0].via == "PUBLISH"


def test_the_tokens_identity_decides(server: Server) -> None:
    """The IMPU is the asserted one, the user the token's, whatever From says."""
    server.asked(publish(token("bob"), From="<sip:mallory@home.example>;tag=m"))
    assert server.bound(ALICE) == ("bob", ("dispatch",))


def test_a_stranger_publishes_nothing(server: Server) -> None:
    """An asserted identity is believed from trusted peers only (RFC 3325)."""
    assert server.asked(publish(token()), STRANGER).status == 403
    assert server.bound() is None


def test_without_asserted_identity_nobody_publishes(server: Server) -> None:
    """403: From is no authority."""
    assert server.asked(publish(token(), P_Asserted_Identity="")).status == 403
    assert server.told() == [("refused", "no asserted identity")]


def test_of_two_asserted_identities_the_known_one_counts(server: Server) -> None:
    """A core asserts a SIP and a tel URI (RFC 3325 9.1)."""
    server.asked(register())
    server.asked(publish(token(), P_Asserted_Identity=f"<tel:+15550100>, <{ALICE}>"))
    assert server.bound(ALICE) is not None


def test_of_two_unknown_identities_the_first_counts(server: Server) -> None:
    """A PUBLISH may overtake the REGISTER."""
    server.asked(publish(token(), P_Asserted_Identity=f"<{ALICE}>, <tel:+15550100>"))
    assert server.bound(ALICE) is not None


def test_without_token_an_unbound_impu_is_unknown(server: Server) -> None:
    """404 with warning 141 (TS 24.379 7.3.4), though it is registered."""
    server.asked(register())
    answer = server.asked(publish())
    assert (answer.status, "141 user unknown" in (answer.headers.get("Warning") or "")) == (404, True)


def test_without_token_a_bound_impu_publishes(server: Server) -> None:
    """The token is optional in any particular PUBLISH (PUB-04)."""
    server.asked(register(token()))
    assert tag(server.asked(publish()))
    assert server.bound() == ("alice", ("dispatch",))


def test_a_refused_token_leaves_everything_as_it_was(server: Server) -> None:
    """403 with the warning; the older binding stays."""
    server.asked(publish(token()))
    before = server.ledger.current(ALICE)
    answer = server.asked(publish(token(iss="https://elsewhere.example")))
    assert (answer.status, answer.headers.get("SIP-ETag")) == (403, None)
    assert server.ledger.current(ALICE) == before


# --- RFC 3903 6, in its order


def test_step_1_another_resource_is_not_found() -> None:
    """404, where resources are named; a known one is found in any spelling."""
    server = Server(settings={"publication": {"resources": ["sip:val@HOME.example"]}})
    assert server.asked(publish(token())).status == 200
    other = publish(token()).with_uri("sip:other@home.example")
    assert server.asked(other).status == 404


@pytest.mark.parametrize("event", ["presence", ""])
def test_step_2_another_event_package_is_bad(server: Server, event: str) -> None:
    """489 with Allow-Events; a missing Event is the same fault."""
    answer = server.asked(publish(token(), Event=event))
    assert (answer.status, answer.headers.get("Allow-Events")) == (489, "poc-settings")


@pytest.mark.parametrize("tags", ["a, b", "a b", '"a"', ","])
def test_step_3_more_than_one_tag_is_a_bad_request(server: Server, tags: str) -> None:
    """400, and nothing changes."""
    assert server.asked(publish(if_match=tags)).status == 400


def test_step_3_an_unknown_tag_fails_the_condition(server: Server) -> None:
    """412, before the token is looked at."""
    server.asked(publish(token()))
    assert server.asked(publish(token(aud="elsewhere"), if_match="other")).status == 412


def test_step_4_too_brief_an_interval(server: Server) -> None:
    """423 with Min-Expires."""
    answer = server.asked(publish(token(), expires=59))
    assert (answer.status, answer.headers.get("Min-Expires")) == (423, "60")


def test_step_4_the_interval_is_shortened_never_lengthened(server: Server) -> None:
    """MCX asks for 2^32-1; without Expires there is a default."""
    assert server.asked(publish(token(), expires=4_294_967_295)).expires == 1_209_600
    assert server.asked(publish(token(), expires=61)).expires == 61
    assert server.asked(publish(token(), expires=None)).expires == 3_600


def test_step_5_an_unknown_body(server: Server) -> None:
    """415 with Accept."""
    answer = server.asked(publish(token(), Content_Type="application/pidf+xml"))
    assert answer.status == 415
    assert "Accept" in answer.headers


def test_step_5_an_initial_publish_has_a_body(server: Server) -> None:
    """400 without one."""
    assert server.asked(publish(body=b"")).status == 400


def test_step_6_each_tag_is_new(server: Server) -> None:
    """A refresh spends the tag it named."""
    first = tag(server.asked(publish(token())))
    second = tag(server.asked(publish(if_match=first)))
    assert first != second
    assert server.asked(publish(if_match=first)).status == 412
    assert tag(server.asked(publish(if_match=second))) not in {first, second}


def test_modify_adds_what_the_new_token_grants(server: Server) -> None:
    """Body and tag."""
    first = tag(server.asked(publish(token("alice", "dispatch"))))
    tag(server.asked(publish(token("alice", "video", jti="j2"), if_match=first)))
    assert server.bound() == ("alice", ("dispatch", "video"))


def test_log_off_ends_what_publish_bound(server: Server) -> None:
    """Expires: 0 with the tag; the REGISTER's grant stays."""
    server.asked(register(token("alice", "dispatch")))
    first = tag(server.asked(publish(token("alice", "video"))))
    answer = server.asked(publish(if_match=first, expires=0))
    assert (answer.status, answer.expires) == (200, 0)
    assert tag(answer) != first
    assert server.bound() == ("alice", ("dispatch",))


def test_expires_zero_without_tag_leaves_nothing_and_ends_nothing(server: Server) -> None:
    """It creates and removes at once; a refused token is refused all the same."""
    server.asked(publish(token()))
    before = server.ledger.current(ALICE)
    assert server.asked(publish(token("bob"), expires=0)).expires == 0
    assert server.asked(publish(token(exp=1), expires=0)).status == 403
    assert server.ledger.current(ALICE) == before


def test_a_publication_that_nobody_refreshed_ends(server: Server) -> None:
    """With what it bound, and its tag is unknown from then on."""
    server.ledger.start()
    first = tag(server.asked(publish(token(), expires=60)))
    server.clock.advance(60)
    assert server.bound() is None
    assert server.asked(publish(if_match=first)).status == 412


HEADERS = st.sampled_from(["Event", "SIP-If-Match", "Expires", "P-Asserted-Identity", "Content-Type", "Require", "To"])
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)


@given(st.dictionaries(HEADERS, VALUES, max_size=4), st.binary(max_size=40))
def test_whatever_a_publish_says_it_is_answered(headers: dict[str, str], body: bytes) -> None:
    """Never an exception; and what is refused has changed nothing."""
    server = Server()
    request = publish(token()).with_body(body, "application/vnd.val.val-info+xml")
    for name, value in headers.items():
        request = request.with_header(name, value)
    answer = server.handler(request, SCSCF)
    assert isinstance(answer, Response)
    assert answer.status == 200 or not list(server.store.records())


# --- settings only, several services, and modes -------------------------------------------------------------------


def settings_of(user: str | None, client: str | None = "phone", row: InfoDocument = VAL_INFO) -> dict[str, Any]:
    """Give a body of settings beside a document that says whose they are."""
    parts = [Part.create(*row.write(None, client, user)), Part.create("application/poc-settings+xml", b"<s/>")]
    content_type, body = build_multipart(parts)
    return {"body": body, "Content_Type": content_type}


def test_settings_alone_name_their_client(server: Server) -> None:
    """So a client that publishes them anew, its tag lost, leaves no second publication (TS 24.379 7.2.3)."""
    server.asked(register(token()))
    for _ in range(2):
        assert server.asked(publish(**settings_of("alice"))).status == 200
    (publication,) = server.ledger.current(ALICE).publications
    assert (publication.client_id, publication.grants) == ("phone", ())
    assert server.asked(publish(**settings_of(None, "tablet"))).status == 200
    assert len(server.ledger.current(ALICE).publications) == 2
    assert server.bound() == ("alice", ("dispatch",))


def test_settings_of_another_user_are_not_taken(server: Server) -> None:
    """404, as for one who is not known: the IMPU does not speak for that user."""
    server.asked(register(token()))
    assert server.asked(publish(**settings_of("bob"))).status == 404
    assert server.bound() == ("alice", ("dispatch",))


SERVICES = [
    {"name": "ptt", "profile": "mcptt", "tokens": {**TOKENS, "scope": "openid", "user_claim": "val_user_id"}},
    {"name": "video", "profile": "mcvideo", "tokens": {**TOKENS, "scope": "openid", "user_claim": "val_user_id"}},
]


@pytest.fixture
def several() -> Server:
    """Give a server of two services, in both of which alice is bound from the same phone."""
    server = Server(settings={"services": SERVICES})
    for row in (MCPTT_INFO, MCVIDEO_INFO):
        content_type, body = row.write(token(), "phone")
        server.asked(register().with_body(body, content_type))
    return server


def published(server: Server, row: InfoDocument, if_match: str | None = None) -> str:
    """Publish a token in one service; give the entity tag."""
    content_type, body = row.write(token("alice", "more"), "phone")
    answer = server.asked(publish(if_match=if_match, body=body, Content_Type=content_type))
    assert answer.status == 200
    return answer.headers.get("SIP-ETag") or ""


def publications(server: Server) -> tuple[int, int]:
    """Count them in the two services."""
    return len(server.ledger.current(ALICE, "ptt").publications), len(
        server.ledger.current(ALICE, "video").publications
    )


def test_a_publication_is_in_the_service_of_its_document(several: Server) -> None:
    """With a token or without."""
    published(several, MCPTT_INFO)
    assert publications(several) == (1, 0)
    assert several.asked(publish(**settings_of("alice", row=MCVIDEO_INFO))).status == 200
    assert publications(several) == (1, 1)


def test_a_tag_finds_its_service(several: Server) -> None:
    """A refresh and a log-off have no document; the other service is left alone."""
    tag, other = published(several, MCPTT_INFO), published(several, MCVIDEO_INFO)
    refreshed = several.asked(publish(if_match=tag))
    assert several.asked(publish(if_match=refreshed.headers.get("SIP-ETag"), expires=0)).status == 200
    assert publications(several) == (0, 1)
    assert several.asked(publish(if_match=other, expires=0)).status == 200
    assert several.asked(publish(if_match=other, expires=0)).status == 412


def test_settings_that_say_nothing_are_for_every_service(several: Server) -> None:
    """There is no telling which they are meant for."""
    several.asked(publish())
    assert publications(several) == (1, 1)


def test_an_unknown_user_is_tolerated_where_it_is_only_logged() -> None:
    """200 with a tag that is taken again, and nothing is kept."""
    server = Server(settings={"mode": "log-only"})
    answer = server.asked(publish())
    assert (answer.status, server.told()) == (200, [("tolerated", "user unknown")])
    tag = answer.headers.get("SIP-ETag")
    assert server.asked(publish(if_match=tag)).status == 200
    assert server.asked(publish(if_match=tag, expires=0)).status == 200
    assert server.bound() is None


def test_a_bad_token_is_tolerated_once() -> None:
    """What would have been refused is told by its first cause; settings of a bound user are taken all the same."""
    server = Server(settings={"mode": "log-only"})
    assert server.asked(publish("nonsense")).status == 200
    assert server.told() == [("tolerated", "malformed")]
    server.asked(register(token()))
    assert server.asked(publish("nonsense")).status == 200
    assert len(server.ledger.current(ALICE).publications) == 1


def test_where_it_is_off_any_user_publishes() -> None:
    """Nothing is told, and nothing is kept."""
    server = Server(settings={"mode": "off"})
    assert server.asked(publish(token())).status == 200
    assert server.asked(publish()).status == 200
    assert (server.told(), list(server.store.records())) == ([], [])
