"""The phone's verbs, on the native engine and a network in place of sockets."""

import pytest

from tests.ue_sim.network import IMPU, Network
from tests.ue_sim.test_engine_native import engine, result
from tests.ue_sim.test_settings import settings
from ue_sim.engine import Body
from ue_sim.errors import NothingPublished, UnknownToken
from ue_sim.ue import UE
from valkit.carriers import find_tokens, statements_in, tokens_in
from valkit.migration import MigrationRequest, ReturnRequest
from valkit.sip.message import Request

ANOTHER = "sip:alice2@home.example"


def phone(network: Network, more: str = "") -> UE:
    """Give a phone with one token in its wallet."""
    ue = UE(settings(more), engine(network))
    ue.wallet.put("token-1")
    return ue


def token(request: Request) -> str | None:
    """Give the token that a server finds in a request."""
    carried = find_tokens(request)
    return carried.token if carried else None


def last(network: Network) -> tuple[str | None, int | None, str | None]:
    """Give token, Expires and SIP-If-Match of the last request."""
    request = network.seen[-1]
    return token(request), request.expires, request.headers.get("SIP-If-Match")


def test_a_phone_registers_without_a_token_unless_told() -> None:
    """The token is optional in any REGISTER (5.X.3.2.2)."""
    network = Network()
    ue = phone(network)
    assert result(ue.register()).ok
    assert [token(request) for request in network.seen] == [None, None]
    assert ue.registered is not None


@pytest.mark.parametrize("carrier", ["val-info", "mcptt-info", "mcvideo-info", "mcdata-info"])
def test_a_phone_registers_with_the_token_at_hand(carrier: str) -> None:
    """It is in the REGISTER that answers the challenge, in the document the service wants."""
    network = Network()
    ue = phone(network, f"carrier: {carrier}\n")
    assert result(ue.register(token=True)).ok
    carried = find_tokens(network.seen[1])
    assert carried is not None
    assert (carried.token, carried.carrier, carried.client_id) == ("token-1", carrier, settings().client_id)


def test_a_phone_brings_a_token_for_each_of_several_services() -> None:
    """Each in its own carrier, in one REGISTER (TS 24.379 7.1), and only in the one with a RES."""
    network = Network()
    ue = phone(network)
    ue.wallet.put("token-2", "video")
    ue.wallet.put("token-3", "own")
    assert result(ue.register(tokens={"mcptt-info": "default", "mcvideo-info": "video", "bearer": "own"})).ok
    assert tokens_in(network.seen[0]) == []
    found = {carried.carrier: carried.token for carried in tokens_in(network.seen[1])}
    assert found == {"mcptt-info": "token-1", "mcvideo-info": "token-2", "bearer": "token-3"}
    assert result(ue.publish(token=False, tokens={"bearer": "own"})).ok
    assert token(network.seen[-1]) == "token-3"


def test_a_phone_says_whose_settings_it_publishes() -> None:
    """In a document without a token (TS 24.379 7.2.3)."""
    network = Network()
    ue = phone(network)
    result(ue.register())
    assert result(ue.publish(token=False, about="alice")).ok
    assert [(said.user, said.client_id) for said in statements_in(network.seen[-1])] == [
        ("alice", settings().client_id)
    ]
    assert token(network.seen[-1]) is None


def test_registration_is_not_delayed_for_lack_of_a_token() -> None:
    """With an empty wallet the REGISTER goes without (5.X.3.2.1)."""
    network = Network()
    ue = phone(network)
    ue.wallet.drop()
    assert result(ue.register(token=True)).ok
    assert token(network.seen[1]) is None


def test_a_token_is_taken_by_name() -> None:
    """Another user's token, on the same phone, after another log-in."""
    network = Network()
    ue = phone(network)
    ue.wallet.put("token-2", "bob")
    ue.wallet.put("token-3")
    result(ue.register(token="bob"))
    result(ue.reregister(token=True))
    assert [token(request) for request in network.seen] == [None, "token-2", "token-3"]


def test_an_unknown_token_sends_nothing() -> None:
    """A slip in a scenario is told before anything happens."""
    network = Network()
    with pytest.raises(UnknownToken):
        result(phone(network).register(token="carol", impu=ANOTHER))
    assert network.seen == []


def test_a_phone_speaks_as_the_impu_registered_last() -> None:
    """After another IMPU was registered, PUBLISH, re-registration and de-registration are for that one."""
    network = Network(associated=f"<{ANOTHER}>")
    ue = phone(network)
    result(ue.register(impu=ANOTHER))
    result(ue.publish())
    result(ue.reregister())
    result(ue.deregister())
    assert {request.from_.uri for request in network.seen} == {ANOTHER}
    assert ue.registered is None


def test_publish_carries_token_and_settings() -> None:
    """Both in one multipart, to the phone's own IMPU (TS 24.379 7.2.2)."""
    network = Network()
    assert result(phone(network).publish()).ok
    request = network.seen[0]
    assert (request.uri, request.headers.get("Event"), last(network)) == (
        IMPU,
        "poc-settings",
        ("token-1", 4294967295, None),
    )
    assert request.content_type is not None
    assert request.content_type.name == "multipart/mixed"
    assert b"<answer-mode>automatic</answer-mode>" in request.body


@pytest.mark.parametrize(
    ("with_token", "with_settings", "content_type"),
    [(True, False, "application/vnd.val.val-info+xml"), (False, True, "application/poc-settings+xml")],
)
def test_one_of_both_goes_alone(with_token: bool, with_settings: bool, content_type: str) -> None:
    """A single document needs no multipart."""
    network = Network()
    result(phone(network).publish(token=with_token, settings=with_settings))
    assert str(network.seen[0].content_type) == content_type


def test_publish_goes_where_the_settings_say() -> None:
    """To the server's public service identity, with further headers."""
    network = Network()
    more = "publish: {to: 'sip:val@home.example', expires: 60, event: val, headers: {Accept-Contact: '*;+g.val'}}\n"
    result(phone(network, more).publish())
    request = network.seen[0]
    assert (request.uri, request.expires, request.headers.get("Event"), request.headers.get("Accept-Contact")) == (
        "sip:val@home.example",
        60,
        "val",
        "*;+g.val",
    )


def test_publications_follow_each_other_by_tag() -> None:
    """Publish, modify, refresh, log off: each names the tag of the answer before it."""
    network = Network()
    ue = phone(network)
    result(ue.publish())
    ue.wallet.put("token-2")
    seen = []
    for verb in (ue.publish, ue.refresh, ue.log_off):
        assert result(verb()).ok
        seen.append(last(network))
    assert seen == [("token-2", 4294967295, "e1"), (None, 4294967295, "e2"), (None, 0, "e3")]


def test_publish_of_nothing_refreshes() -> None:
    """With neither token nor settings, what stands is only kept alive."""
    network = Network()
    ue = phone(network)
    result(ue.publish())
    result(ue.publish(token=False, settings=False))
    assert (last(network), network.seen[-1].body) == ((None, 4294967295, "e1"), b"")


def test_a_server_that_forgot_is_told_again() -> None:
    """412 to a refresh: the same body is published a first time, and its answer is the answer."""
    network = Network()
    ue = phone(network)
    result(ue.publish())
    network.answers = [(412, [])]
    assert result(ue.refresh()).ok
    assert last(network) == ("token-1", 4294967295, None)


@pytest.mark.parametrize("verb", ["refresh", "log_off"])
def test_what_was_not_published_can_neither_be_refreshed_nor_ended(verb: str) -> None:
    """There is no tag to name; after a log-off there is none any more."""
    ue = phone(Network())
    with pytest.raises(NothingPublished, match=IMPU):
        result(getattr(ue, verb)())
    result(ue.publish())
    result(ue.log_off())
    with pytest.raises(NothingPublished):
        result(getattr(ue, verb)())


@pytest.mark.parametrize(("status", "kept"), [(200, False), (403, True)])
def test_deregistration_ends_what_was_published(status: int, kept: bool) -> None:
    """With the registration the publication is gone, unless the core refused."""
    network = Network()
    ue = phone(network)
    result(ue.publish())
    network.answers = [(status, [])]
    result(ue.deregister())
    result(ue.publish())
    assert bool(last(network)[2]) is kept


def test_all_phones_of_an_impu_are_deregistered_at_once() -> None:
    """Contact is a star."""
    network = Network()
    result(phone(network).deregister(everywhere=True))
    assert {request.headers.get("Contact") for request in network.seen} == {"*"}


def test_a_phone_that_is_closed_says_nothing() -> None:
    """No REGISTER goes out: the network learns of it by its own timer."""
    network = Network()
    ue = phone(network)
    result(ue.register())
    seen = len(network.seen)
    result(ue.close())
    assert len(network.seen) == seen


def test_a_phone_watches_the_identity_in_use() -> None:
    """The other one, once it was registered last."""
    network = Network()
    ue = phone(network)
    result(ue.register(impu=ANOTHER))
    assert result(ue.subscribe(expires=600)).expires == 600
    assert (network.seen[-1].method, network.seen[-1].to.uri) == ("SUBSCRIBE", "sip:alice@home.example")


def test_a_phone_sends_what_it_has_overheard() -> None:
    """Somebody else's REGISTER, as it was."""
    network = Network()
    ue = phone(network)
    result(ue.register())
    overheard = network.seen[0]
    assert result(ue.resend(request=overheard)).status == 401
    assert network.seen[-1].call_id == overheard.call_id


def test_a_phone_sends_an_instant_message() -> None:
    """In the name of the identity in use."""
    network = Network()
    ue = phone(network)
    assert result(ue.register()).ok
    assert result(ue.message(to="sip:bob@home.example", body=Body("text/plain", b"Hello"))).ok
    request = network.seen[-1]
    assert (request.method, request.uri, request.from_.uri) == ("MESSAGE", "sip:bob@home.example", IMPU)


def test_a_phone_asks_to_migrate_with_its_token() -> None:
    """In a MESSAGE to the server, the token beside the document; without one, the document alone."""
    network = Network()
    ue = phone(network)
    assert result(ue.register()).ok
    wanted = MigrationRequest("attempt-1", "home.example", "alice")
    result(ue.migrate(wanted=wanted, to="sip:migration@partner.example"))
    request = network.seen[-1]
    assert (request.method, request.uri, token(request)) == ("MESSAGE", "sip:migration@partner.example", "token-1")
    assert b"<home-user>alice</home-user>" in request.body
    result(ue.migrate(wanted=ReturnRequest("return-1"), to="sip:migration@home.example", token=False))
    request = network.seen[-1]
    assert (token(request), request.headers.get("Content-Type")) == (None, "application/vnd.val.migration+xml")
