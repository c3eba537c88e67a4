import pytest

from tests.ue_sim.network import IMPU
from ue_sim.engine import Answer, Body, Publication
from ue_sim.publication import FOREVER, EventState, request
from valkit.ids import SeededIds
from valkit.sip.message import Response

TOKEN = Body("application/vnd.val.val-info+xml", b"<val-info/>")
OTHER = Body("application/vnd.val.val-info+xml", b"<other/>")
WANTED = Publication(IMPU, IMPU, "poc-settings", FOREVER)


def ok(etag: str) -> Answer:
    """Give the server has taken it."""
    return Answer(Response.create(200, headers=[("SIP-ETag", etag), ("Expires", "3600")]))


def refused(status: int, *headers: tuple[str, str]) -> Answer:
    """Give the server has not."""
    return Answer(Response.create(status, headers=headers))


def state() -> EventState:
    """Nothing published yet."""
    return EventState(WANTED)


def published(etag: str = "e1") -> EventState:
    """Give the token is published under a tag."""
    event_state = state()
    event_state.heard(event_state.publish(TOKEN), ok(etag))
    return event_state


def test_an_initial_publication_has_a_body_and_no_tag() -> None:
    """RFC 3903 4.1, as in its table of operations."""
    wanted = state().publish(TOKEN)
    assert (wanted.body, wanted.etag, wanted.expires) == (TOKEN, None, FOREVER)


def test_a_modification_has_the_tag_and_a_body() -> None:
    """A further token replaces what stands under the tag of the last 200 (RFC 3903 4.4)."""
    wanted = published("e1").publish(OTHER)
    assert (wanted.body, wanted.etag) == (OTHER, "e1")


def test_a_refresh_has_the_tag_alone() -> None:
    """No body (RFC 3903 4.3)."""
    wanted = published("e1").refresh()
    assert (wanted.body, wanted.etag, wanted.expires) == (None, "e1", FOREVER)


def test_a_log_off_has_the_tag_and_no_time_left() -> None:
    """Expires 0, no body; afterwards nothing is published (RFC 3903 4.5)."""
    event_state = published("e1")
    wanted = event_state.remove()
    assert (wanted.body, wanted.etag, wanted.expires) == (None, "e1", 0)
    assert event_state.heard(wanted, ok("e2")) is None
    assert event_state.etag is None


def test_each_200_brings_a_new_tag() -> None:
    """The next PUBLISH has to match the tag of the last answer (RFC 3903 4.1)."""
    event_state = published("e1")
    event_state.heard(event_state.refresh(), ok("e2"))
    assert event_state.refresh().etag == "e2"


@pytest.mark.parametrize("modified", [False, True], ids=["refresh", "modify"])
def test_412_starts_again_without_the_tag(modified: bool) -> None:
    """The server has lost the state: the whole body is published a first time (RFC 3903 4.1)."""
    event_state = published("e1")
    wanted = event_state.publish(OTHER) if modified else event_state.refresh()
    again = event_state.heard(wanted, refused(412))
    assert again == Publication(IMPU, IMPU, "poc-settings", FOREVER, body=OTHER if modified else TOKEN)


def test_what_was_refused_is_not_published_again() -> None:
    """After a refused modification and a 412, what stood before comes back."""
    event_state = published("e1")
    event_state.heard(event_state.publish(OTHER), refused(403))
    again = event_state.heard(event_state.refresh(), refused(412))
    assert again is not None
    assert again.body == TOKEN


def test_412_to_a_log_off_ends_it() -> None:
    """What the server does not know needs no removal."""
    event_state = published("e1")
    assert event_state.heard(event_state.remove(), refused(412)) is None
    assert event_state.etag is None


def test_423_asks_for_longer() -> None:
    """The same again for as long as the server wants at least (RFC 3903 4.1)."""
    wanted = Publication(IMPU, IMPU, "poc-settings", 60, body=TOKEN)
    again = state().heard(wanted, refused(423, ("Min-Expires", "120")))
    assert again == Publication(IMPU, IMPU, "poc-settings", 120, body=TOKEN)


@pytest.mark.parametrize(
    "answer", [refused(423), refused(423, ("Min-Expires", "60")), refused(403), refused(412), refused(500)]
)
def test_another_refusal_changes_nothing(answer: Answer) -> None:
    """A first publication that is refused leaves no tag, and nothing to send instead."""
    event_state = state()
    wanted = Publication(IMPU, IMPU, "poc-settings", 60, body=TOKEN)
    assert event_state.heard(wanted, answer) is None
    assert event_state.etag is None


def test_the_publish_goes_over_the_route_and_names_the_speaker() -> None:
    """Preloaded Route in its order, P-Preferred-Identity for the P-CSCF to assert, further headers as they are."""
    wanted = Publication(
        IMPU, "sip:val@home.example", "poc-settings", FOREVER, "e1", TOKEN, (("Accept-Contact", "*;+g.val"),)
    )
    routes = ("<sip:pcscf.home.example;lr>", "<sip:orig@scscf.home.example;lr>")
    sent = request(wanted, "tel:+1555", routes, SeededIds(1))
    assert (sent.method, sent.uri, sent.to.uri, sent.from_.uri) == (
        "PUBLISH",
        "sip:val@home.example",
        "sip:val@home.example",
        IMPU,
    )
    assert sent.from_.tag
    assert tuple(map(str, sent.routes)) == routes
    assert (sent.expires, sent.body, str(sent.content_type)) == (FOREVER, TOKEN.content, TOKEN.content_type)
    assert {name: sent.headers.get(name) for name in ("Event", "SIP-If-Match", "P-Preferred-Identity")} == {
        "Event": "poc-settings",
        "SIP-If-Match": "e1",
        "P-Preferred-Identity": "<tel:+1555>",
    }
    assert sent.headers.get("Accept-Contact") == "*;+g.val"


def test_each_publish_is_a_call_of_its_own() -> None:
    """A PUBLISH is outside any dialog: Call-ID and From tag are new each time (RFC 3261 8.1.1.4)."""
    ids = SeededIds(1)
    first, second = (request(WANTED, IMPU, (), ids) for _ in range(2))
    assert first.call_id != second.call_id
    assert first.from_.tag != second.from_.tag
