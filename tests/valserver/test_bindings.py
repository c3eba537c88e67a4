"""The binding rules, row by row of their table and under any sequence of facts."""

from collections.abc import Iterable

import pytest
from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st

from valserver.bindings import Rules
from valserver.errors import Refusal, Refused
from valserver.facts import (
    Change,
    Decision,
    Deregistered,
    Event,
    Fact,
    LoggedOff,
    Proof,
    Published,
    Registered,
    Terminated,
)
from valserver.records import Binding, Grant, Record, key_of

ALICE = "sip:alice@home.example"
ALIAS = "sip:alias@home.example"
NOW = 1_000_000.0
HOUR = 3600.0


@define
class Server:
    """The rules over a dict: the state that the stores are held to."""

    rules: Rules = field(factory=Rules)
    now: float = NOW
    records: dict[str, Record] = field(factory=dict)

    def get(self, key: str) -> Record | None:
        """Give a record."""
        return self.records.get(key)

    def where(self, service: str, val_user_id: str, client_id: str) -> tuple[str, ...]:
        """Look for a client everywhere."""
        return tuple(
            record.key
            for record in self.records.values()
            if (record.service, record.val_user_id) == (service, val_user_id) and client_id in record.clients()
        )

    def carry_out(self, changes: Iterable[Change]) -> None:
        """Change the dict."""
        for impu, record in changes:
            if record is None:
                self.records.pop(impu, None)
            else:
                self.records[impu] = record

    def hears(self, fact: Fact) -> tuple[Event, ...]:
        """Decide on a fact and carry it out; give the events."""
        decision = self.rules.decide(self, fact, self.now)
        self.carry_out(decision.changes)
        return decision.events

    def waits_until(self, now: float) -> tuple[Event, ...]:
        """Let time pass for every record; give the events."""
        self.now = now
        decisions: list[Decision] = [self.rules.lapse(record, now) for record in self.records.values()]
        for decision in decisions:
            self.carry_out(decision.changes)
        return tuple(event for decision in decisions for event in decision.events)

    def bound(self, impu: str = ALICE) -> tuple[str, tuple[str, ...]] | None:
        """Give user and services bound to an IMPU."""
        record = self.records.get(impu)
        binding = None if record is None else Binding.of(record)
        return None if binding is None else (binding.val_user_id, binding.val_service_ids)


@pytest.fixture
def server() -> Server:
    """Give a server that knows nothing."""
    return Server()


def proof(
    user: str = "alice",
    *services: str,
    client: str = "phone",
    jti: str = "j1",
    exp: float = NOW + HOUR,
    entered: str = "",
) -> Proof:
    """Make the proof of a token."""
    grants = tuple(Grant(service, client, jti, exp) for service in services or ("dispatch",))
    return Proof(user, grants, client, jti, entered)


def register(token: Proof | None = None, impu: str = ALICE, cseq: int = 1, ends: float = NOW + HOUR) -> Registered:
    """Make the fact of a registration."""
    return Registered(impu, "sip:scscf.home.example", "call-1", cseq, ends, token)


def deregister(impu: str = ALICE, cseq: int = 9) -> Deregistered:
    """Make the fact of its end."""
    return Deregistered(impu, "call-1", cseq)


def publish(
    token: Proof | None = None,
    tag: str = "t1",
    if_match: str | None = None,
    *,
    ends: float = NOW + HOUR,
    client: str = "phone",
    impu: str = ALICE,
) -> Published:
    """Make the fact of a publication."""
    return Published(impu, "poc-settings", client, if_match, tag, ends, token)


def log_off(tag: str = "t1") -> LoggedOff:
    """Make the fact of its end."""
    return LoggedOff(ALICE, "poc-settings", tag)


def told(events: tuple[Event, ...]) -> list[tuple[str, str]]:
    """Give what and why of each event."""
    return [(event.what, event.cause) for event in events]


# --- the table ---------------------------------------------------------------------------------------------------


def test_a_registration_without_token_binds_nothing(server: Server) -> None:
    """The registration is known, nothing is bound, nobody is told."""
    assert server.hears(register()) == ()
    assert server.get(ALICE) is not None
    assert server.bound() is None


def test_a_token_in_register_binds(server: Server) -> None:
    """The token's user and services are bound to the IMPU, and the event says all of it."""
    events = server.hears(register(proof("alice", "dispatch", "video")))
    assert server.bound() == ("alice", ("dispatch", "video"))
    assert events == (Event("bound", ALICE, "token", "alice", ("dispatch", "video"), "REGISTER", "j1"),)


def test_a_token_in_a_re_register_binds(server: Server) -> None:
    """What came without a token is bound when the token follows."""
    server.hears(register())
    assert told(server.hears(register(proof(), cseq=2))) == [("bound", "token")]


def test_a_re_register_without_token_keeps_the_binding(server: Server) -> None:
    """The binding stays, now as long as the new registration."""
    server.hears(register(proof()))
    assert server.hears(register(cseq=2, ends=NOW + 2 * HOUR)) == ()
    server.waits_until(NOW + HOUR)
    assert server.bound() == ("alice", ("dispatch",))


def test_the_same_token_again_is_no_event(server: Server) -> None:
    """A refresh with the token seen before changes nothing but the end."""
    server.hears(register(proof()))
    assert server.hears(register(proof(), cseq=2, ends=NOW + 2 * HOUR)) == ()


def test_a_newer_token_of_the_same_user_takes_the_older_ones_place(server: Server) -> None:
    """The service is bound once, under the newer token."""
    server.hears(register(proof(jti="old")))
    assert told(server.hears(register(proof(jti="new"), cseq=2))) == [("rebound", "another token")]
    assert [grant.jti for grant in server.records[ALICE].grants()] == ["new"]


def test_a_further_token_of_the_same_user_adds_its_services(server: Server) -> None:
    """What was bound stays bound."""
    server.hears(register(proof("alice", "dispatch")))
    events = server.hears(register(proof("alice", "video", jti="j2"), cseq=2))
    assert server.bound() == ("alice", ("dispatch", "video"))
    assert events[0].val_service_ids == ("dispatch", "video")


def test_another_user_replaces_the_binding(server: Server) -> None:
    """Nothing of the former user is left, published or registered."""
    server.hears(register(proof("alice", "dispatch")))
    server.hears(publish(proof("alice", "video")))
    assert told(server.hears(register(proof("bob", "alarm", jti="b"), cseq=2))) == [("rebound", "another user")]
    assert server.bound() == ("bob", ("alarm",))
    assert server.records[ALICE].publications == ()


def test_another_user_by_publish_replaces_the_binding(server: Server) -> None:
    """The registration stays known, but the former user's token in it counts no more."""
    server.hears(register(proof("alice", "dispatch")))
    assert told(server.hears(publish(proof("bob", "alarm", jti="b")))) == [("rebound", "another user")]
    assert server.bound() == ("bob", ("alarm",))
    assert server.records[ALICE].registration is not None


def test_the_same_client_with_a_new_impu_moves(server: Server) -> None:
    """The client is bound at the new IMPU and no longer at the old one, which stays registered."""
    server.hears(register(proof()))
    events = server.hears(register(proof(), impu=ALIAS))
    assert events == (Event("moved", ALIAS, "same client", "alice", ("dispatch",), "REGISTER", "j1", ALICE),)
    assert (server.bound(ALICE), server.bound(ALIAS)) == (None, ("alice", ("dispatch",)))
    assert server.get(ALICE) is not None


def test_what_another_client_bound_stays_behind(server: Server) -> None:
    """Only what the moving client had bound goes."""
    server.hears(register(proof("alice", "dispatch")))
    server.hears(publish(proof("alice", "video", client="tablet"), client="tablet"))
    events = server.hears(register(proof("alice", "dispatch"), impu=ALIAS))
    assert told(events) == [("rebound", "client moved"), ("moved", "same client")]
    assert server.bound(ALICE) == ("alice", ("video",))


def test_a_published_binding_moves_with_its_publication(server: Server) -> None:
    """Nothing stays of an IMPU that was known by the moving client's PUBLISH only."""
    server.hears(publish(proof()))
    assert told(server.hears(publish(proof(), tag="t2", impu=ALIAS))) == [("moved", "same client")]
    assert server.get(ALICE) is None


def test_a_client_does_not_move_from_an_ended_binding(server: Server) -> None:
    """What time has ended is told as ended, and the client is newly bound."""
    server.hears(register(proof()))
    server.now = NOW + HOUR
    events = server.hears(register(proof(), impu=ALIAS, ends=NOW + 2 * HOUR))
    assert told(events) == [("unbound", "registration expired"), ("bound", "token")]


def test_an_implicit_set_is_bound_as_a_whole(server: Server) -> None:
    """One REGISTER of the UE, a third-party REGISTER for each IMPU of its set: none takes the client from another."""
    server.hears(register(proof(entered=ALICE)))
    assert told(server.hears(register(proof(entered=ALICE), impu=ALIAS))) == [("bound", "token")]
    assert server.bound(ALICE) == server.bound(ALIAS) == ("alice", ("dispatch",))
    assert server.hears(register(proof(entered=ALICE), cseq=2)) == ()
    assert server.hears(register(cseq=2, impu=ALIAS)) == ()
    assert told(server.hears(publish(proof(), impu=ALIAS))) == [("rebound", "the same token")]
    assert server.bound(ALICE) == server.bound(ALIAS) == ("alice", ("dispatch",))


def test_a_client_moves_away_from_a_whole_set(server: Server) -> None:
    """The one place it left is told with the move, each other one for itself."""
    server.hears(register(proof(entered=ALICE)))
    server.hears(register(proof(entered=ALICE), impu=ALIAS))
    events = server.hears(register(proof(entered="sip:new"), impu="sip:new"))
    assert [(event.what, event.impu, event.from_impu) for event in events] == [
        ("unbound", ALIAS, ""),
        ("moved", "sip:new", ALICE),
    ]
    assert (server.bound(ALICE), server.bound(ALIAS)) == (None, None)


def test_where_clients_do_not_move_all_stay_bound() -> None:
    """clients_move: no, for cores that do not tell what the UE itself registered."""
    server = Server(Rules(clients_move=False))
    server.hears(register(proof()))
    assert told(server.hears(register(proof(), impu=ALIAS))) == [("bound", "token")]
    assert server.bound(ALICE) == server.bound(ALIAS)


def test_without_a_client_id_nothing_moves(server: Server) -> None:
    """Two IMPUs of one user, no device named: both are bound."""
    server.hears(register(proof(client="")))
    server.hears(register(proof(client=""), impu=ALIAS))
    assert server.bound(ALICE) == server.bound(ALIAS) == ("alice", ("dispatch",))


def test_one_impu_is_bound_from_a_bounded_number_of_clients() -> None:
    """One token with ever new client ids fills no memory: the one too many is refused, and what is bound stays."""
    server = Server(Rules(most_clients=2))
    server.hears(register(proof(client="a")))
    server.hears(register(proof(client="b"), cseq=2))
    for further in (register(proof(client="c"), cseq=3), publish(proof(client="c"), client="c")):
        with pytest.raises(Refused, match="too many clients"):
            server.hears(further)
    server.hears(register(proof(client="a", jti="j2"), cseq=3))
    assert server.records[ALICE].clients() == ("a", "b")


def test_publications_are_bounded_as_clients_are() -> None:
    """A client that publishes settings without a token counts as well."""
    server = Server(Rules(most_clients=2))
    server.hears(register(proof(client="a")))
    server.hears(publish(client="b"))
    with pytest.raises(Refused, match="too many clients"):
        server.hears(publish(client="c", tag="t2"))


def test_one_impu_is_bound_to_a_bounded_number_of_services() -> None:
    """However many tokens bring them."""
    server = Server(Rules(most_services=2))
    server.hears(register(proof("alice", "dispatch")))
    server.hears(register(proof("alice", "video", jti="j2"), cseq=2))
    with pytest.raises(Refused, match="too many VAL services"):
        server.hears(register(proof("alice", "alarm", jti="j3"), cseq=3))
    assert server.bound() == ("alice", ("dispatch", "video"))


def test_expires_zero_ends_all_bindings_of_the_impu(server: Server) -> None:
    """What REGISTER bound and what PUBLISH bound, both."""
    server.hears(register(proof("alice", "dispatch")))
    server.hears(publish(proof("alice", "video")))
    events = server.hears(deregister())
    assert events == (Event("unbound", ALICE, "deregistered", "alice", ("dispatch", "video"), "REGISTER", "j1"),)
    assert server.get(ALICE) is None


def test_a_registration_that_is_told_to_be_over_ends_all_bindings_of_the_impu(server: Server) -> None:
    """Whatever the order of REGISTERs was, with the cause that was told; in one VAL service."""
    server.hears(register(proof("alice", "dispatch"), cseq=7))
    server.hears(publish(proof("alice", "video")))
    assert server.hears(Terminated(ALICE, "over", "video")) == ()
    events = server.hears(Terminated(ALICE, "over"))
    assert events == (Event("unbound", ALICE, "over", "alice", ("dispatch", "video"), "NOTIFY", "j1"),)
    assert server.get(ALICE) is None


def test_expires_zero_for_an_unknown_impu_is_nothing(server: Server) -> None:
    """No event, no record."""
    assert server.hears(deregister()) == ()
    assert server.records == {}


def test_publish_binds_beside_register(server: Server) -> None:
    """Its services are added; its end ends only them."""
    server.hears(register(proof("alice", "dispatch")))
    assert told(server.hears(publish(proof("alice", "video", jti="j2")))) == [("rebound", "another token")]
    assert told(server.hears(log_off())) == [("rebound", "logged off")]
    assert server.bound() == ("alice", ("dispatch",))


def test_publish_may_overtake_the_registration(server: Server) -> None:
    """It binds at once, and the registration that follows changes nothing but is known."""
    assert told(server.hears(publish(proof()))) == [("bound", "token")]
    assert server.hears(register()) == ()
    assert server.bound() == ("alice", ("dispatch",))
    binding = Binding.of(server.records[ALICE])
    assert binding is not None
    assert (binding.via, binding.registrar) == (("PUBLISH",), "sip:scscf.home.example")


def test_publish_without_token_needs_a_binding(server: Server) -> None:
    """An IMPU bound to nobody has no user whose settings these are."""
    server.hears(register())
    with pytest.raises(Refused) as refused:
        server.hears(publish())
    assert refused.value.refusal is Refusal.NOT_BOUND


def test_publish_without_token_at_a_bound_impu(server: Server) -> None:
    """The publication is kept, and nothing changes in the binding."""
    server.hears(register(proof()))
    assert server.hears(publish()) == ()
    assert server.bound() == ("alice", ("dispatch",))
    assert server.hears(log_off()) == ()


def test_a_refresh_needs_the_latest_tag(server: Server) -> None:
    """The former tag is spent (RFC 3903 4.3)."""
    server.hears(publish(proof(), tag="t1"))
    server.hears(publish(tag="t2", if_match="t1", ends=NOW + 2 * HOUR))
    with pytest.raises(Refused) as refused:
        server.hears(publish(tag="t3", if_match="t1"))
    assert refused.value.refusal is Refusal.UNKNOWN_TAG
    server.waits_until(NOW + HOUR)
    assert server.bound() == ("alice", ("dispatch",))


def test_a_refresh_keeps_its_client(server: Server) -> None:
    """A refresh has no body to name one."""
    server.hears(publish(proof()))
    server.hears(publish(tag="t2", if_match="t1", client=""))
    assert [publication.client_id for publication in server.records[ALICE].publications] == ["phone"]


def test_modify_adds_the_new_tokens_services(server: Server) -> None:
    """A PUBLISH with tag and token."""
    server.hears(publish(proof("alice", "dispatch")))
    server.hears(publish(proof("alice", "video", jti="j2"), tag="t2", if_match="t1"))
    assert server.bound() == ("alice", ("dispatch", "video"))
    assert len(server.records[ALICE].publications) == 1


def test_a_client_that_publishes_anew_leaves_no_second_publication(server: Server) -> None:
    """It lost its tag; log-off with the new tag ends everything it published."""
    server.hears(publish(proof(), tag="t1"))
    server.hears(publish(proof(), tag="t2"))
    assert told(server.hears(log_off("t2"))) == [("unbound", "logged off")]
    assert server.get(ALICE) is None


def test_two_clients_have_two_publications(server: Server) -> None:
    """One logs off, the other stays bound."""
    server.hears(publish(proof(client="phone"), tag="t1"))
    server.hears(publish(proof(client="tablet"), tag="t2", client="tablet"))
    server.hears(log_off("t1"))
    assert server.bound() == ("alice", ("dispatch",))
    assert told(server.hears(log_off("t2"))) == [("unbound", "logged off")]


def test_log_off_needs_its_tag(server: Server) -> None:
    """An unknown tag ends nothing."""
    server.hears(publish(proof()))
    with pytest.raises(Refused):
        server.hears(log_off("other"))
    assert server.bound() is not None


def test_a_registration_that_nobody_refreshed_ends_everything(server: Server) -> None:
    """By the server's own timer, at the very second."""
    server.hears(register(proof("alice", "dispatch")))
    server.hears(publish(proof("alice", "video"), ends=NOW + 9 * HOUR))
    assert server.waits_until(NOW + HOUR - 0.001) == ()
    assert told(server.waits_until(NOW + HOUR)) == [("unbound", "registration expired")]
    assert server.records == {}


def test_a_publication_that_nobody_refreshed_ends_what_it_bound(server: Server) -> None:
    """The rest stays."""
    server.hears(register(proof("alice", "dispatch"), ends=NOW + 9 * HOUR))
    server.hears(publish(proof("alice", "video")))
    assert told(server.waits_until(NOW + HOUR)) == [("rebound", "publication expired")]
    assert server.bound() == ("alice", ("dispatch",))


def test_a_binding_outlives_its_token(server: Server) -> None:
    """As in MCX, the token is looked at when it comes and no more."""
    server.hears(register(proof(exp=NOW + 1)))
    assert server.waits_until(NOW + HOUR - 1) == ()
    assert server.bound() is not None


def test_a_binding_ends_with_its_token_where_so_set() -> None:
    """outlive_token: no. The registration stays known."""
    server = Server(Rules(outlive_token=False))
    server.hears(register(proof("alice", "dispatch", exp=NOW + 60)))
    server.hears(register(proof("alice", "video", jti="j2", exp=NOW + 120), cseq=2))
    server.hears(publish(proof("alice", "alarm", jti="j3", exp=NOW + 60)))
    assert told(server.waits_until(NOW + 60)) == [("rebound", "token expired")]
    assert server.bound() == ("alice", ("video",))
    assert told(server.waits_until(NOW + 120)) == [("unbound", "token expired")]
    assert server.get(ALICE) is not None
    assert server.waits_until(NOW + 121) == ()


def test_an_ended_binding_is_not_there_before_the_timer_comes(server: Server) -> None:
    """A fact that is heard first finds nothing, and both are told."""
    server.hears(register(proof("alice")))
    server.now = NOW + HOUR
    events = server.hears(register(proof("bob", jti="b"), cseq=2, ends=NOW + 2 * HOUR))
    assert told(events) == [("unbound", "registration expired"), ("bound", "token")]


def test_a_late_register_is_refused(server: Server) -> None:
    """Same Call-ID, lower CSeq (RFC 3261 10.3): the newer one stands, and a late de-registration ends nothing."""
    server.hears(register(proof(), cseq=5))
    for late in (register(proof("bob"), cseq=4), deregister(cseq=4)):
        with pytest.raises(Refused) as refused:
            server.hears(late)
        assert refused.value.refusal is Refusal.OUT_OF_ORDER
    assert server.bound() == ("alice", ("dispatch",))


def test_another_call_id_may_start_its_cseq_anew(server: Server) -> None:
    """An S-CSCF may make a new Call-ID for each third-party REGISTER."""
    server.hears(register(proof(), cseq=5))
    server.hears(register(cseq=1)._replace(call_id="call-2"))
    registration = server.records[ALICE].registration
    assert registration is not None
    assert registration.cseq == 1


def test_each_val_service_has_its_own_bindings(server: Server) -> None:
    """One IMPU speaks for one user in each; what ends or moves in one leaves the others alone."""
    server.hears(register(proof("alice", "dispatch"))._replace(service="mcptt"))
    server.hears(register(proof("alice.video", "video"))._replace(service="mcvideo"))
    server.hears(register(proof("alice.video", "video"), impu=ALIAS)._replace(service="mcvideo"))
    assert server.bound(key_of(ALICE, "mcptt")) == ("alice", ("dispatch",))
    assert server.bound(key_of(ALICE, "mcvideo")) is None
    assert server.bound(key_of(ALIAS, "mcvideo")) == ("alice.video", ("video",))
    (event,) = server.hears(deregister()._replace(service="mcptt"))
    assert (event.what, event.service) == ("unbound", "mcptt")
    assert server.bound(key_of(ALIAS, "mcvideo")) is not None


# --- any sequence ------------------------------------------------------------------------------------------------

IMPUS = st.sampled_from([ALICE, ALIAS])
TAGS = st.integers(0, 9).map("t{}".format)
CLIENTS = st.sampled_from(["", "phone", "tablet"])
CSEQS = st.integers(1, 4)
ENDS = st.integers(1, 200).map(lambda after: NOW + after)


@st.composite
def proofs(draw: st.DrawFn) -> Proof:
    """Draw the proof of some token."""
    services = draw(st.lists(st.sampled_from(["dispatch", "video", "alarm"]), min_size=1, unique=True))
    user = draw(st.sampled_from(["alice", "bob"]))
    return proof(user, *services, client=draw(CLIENTS), jti=draw(st.sampled_from("abc")), exp=draw(ENDS))


CALLS = st.just("call-1")
SERVICES = st.sampled_from(["", "video"])
BY_TOKEN = st.none() | proofs()
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(Registered, IMPUS, st.just("sip:scscf"), CALLS, CSEQS, ENDS, BY_TOKEN, SERVICES),
    st.builds(Deregistered, IMPUS, CALLS, CSEQS, SERVICES),
    st.builds(Published, IMPUS, st.just("e"), CLIENTS, st.none() | TAGS, st.just(""), ENDS, BY_TOKEN, SERVICES),
    st.builds(LoggedOff, IMPUS, st.just("e"), TAGS, SERVICES),
    st.builds(Terminated, IMPUS, st.just("registration terminated"), SERVICES),
)


def with_tags(steps: list[Fact | int]) -> list[Fact | int]:
    """Give each publication a tag of its own, as a server does; those named may be among them."""
    return [
        step._replace(tag=f"t{number}") if isinstance(step, Published) else step for number, step in enumerate(steps)
    ]


STEPS = st.lists(FACTS | st.integers(1, 120), max_size=25).map(with_tags)


def take(server: Server, step: Fact | int) -> tuple[Event, ...]:
    """Hear a fact, its end counted from now, or let time pass."""
    if isinstance(step, int):
        return server.waits_until(server.now + step)
    if isinstance(step, Registered | Published):
        step = step._replace(ends=step.ends - NOW + server.now)
    try:
        return server.hears(step)
    except Refused:
        return ()


def sane(server: Server) -> None:
    """Check what holds of every record at any time."""
    seen: set[tuple[str, str, str]] = set()
    for key, record in server.records.items():
        assert record.key == key
        assert record.registration is not None or record.publications, "a record of nothing"
        assert (record.val_user_id is not None) == any(record.grants()), "bound means granted"
        assert record.val_user_id is not None or not record.publications, "a publication without owner"
        owners = [(publication.event, publication.client_id) for publication in record.publications]
        assert len(owners) == len(set(owners)), "two publications of one client"
        for client_id in record.clients():
            client = (record.service, str(record.val_user_id), client_id)
            assert client not in seen, "one client at two IMPUs"
            seen.add(client)


@settings(max_examples=300)
@given(STEPS, st.booleans())
def test_any_sequence_keeps_the_records_sane(steps: list[Fact | int], outlive: bool) -> None:
    """Whatever comes in whatever order: one user for an IMPU, one IMPU for a client, nothing without a source."""
    server = Server(Rules(outlive))
    for step in steps:
        take(server, step)
        sane(server)


@settings(max_examples=300)
@given(STEPS)
def test_a_repeated_fact_changes_nothing(steps: list[Fact | int]) -> None:
    """Hearing a fact twice leaves the state of hearing it once, and tells nothing twice."""
    server = Server()
    for step in steps:
        take(server, step)
        after = dict(server.records)
        assert isinstance(step, int) or take(server, step) == ()
        assert server.records == after


@given(STEPS, st.booleans())
def test_when_all_time_is_over_nothing_is_known(steps: list[Fact | int], outlive: bool) -> None:
    """Every record ends without being asked."""
    server = Server(Rules(outlive))
    for step in steps:
        take(server, step)
    server.waits_until(NOW + 10_000)
    assert server.records == {}


@given(STEPS)
def test_an_event_tells_every_change_of_a_binding(steps: list[Fact | int]) -> None:
    """Whoever follows the events knows who is bound where."""
    server = Server()
    known: dict[str, str] = {}
    for step in steps:
        for event in take(server, step):
            key, origin = key_of(event.impu, event.service), key_of(event.from_impu, event.service)
            if event.what == "unbound":
                del known[key]
            else:
                known[key] = event.val_user_id
            if event.what == "moved" and server.bound(origin) is None:
                del known[origin]
        assert known == {r.key: r.val_user_id for r in server.records.values() if r.val_user_id is not None}
