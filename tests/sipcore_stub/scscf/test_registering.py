"""The registrar at work: each journey through the table, message by message.

`make registrar` prints the table with the journey that reaches each row.
"""

import sys
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from attrs import define, field
from twisted.internet.task import Clock
from twisted.logger import capturedLogs

from sipcore_stub.contacts import MOST_CONTACTS, Policy
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss.hss import Flag, Hss, Subscriber
from sipcore_stub.hss.ifc import RegistrationType
from sipcore_stub.scscf import registrar
from sipcore_stub.scscf.changes import Change, Ending, Event
from sipcore_stub.scscf.registering import Registering, Rules
from sipcore_stub.scscf.registrar import TABLE, Input, State
from sipcore_stub.scscf.registrations import Registrations
from sipcore_stub.scscf.third_party import Happening
from tests.sipcore_stub import reached
from tests.sipcore_stub.parts import BARRED, IMPI, IMPU, WORK, Notes, Phone, subscriber
from valkit.aka.digest import Algorithm, Digest
from valkit.aka.password import Password
from valkit.aka.sequence import LAYOUT
from valkit.ids import SeededIds
from valkit.sip.errors import ParseError
from valkit.sip.message import Request, Response

ROUTE = "<sip:orig@127.0.0.23:5060;lr>"
DAY = 86400
KEY = subscriber().key


@define
class Office:
    """A registrar with its HSS, clock and whoever hears of registrations."""

    qop: str | None = "auth,auth-int"
    clock: Clock = field(factory=Clock)
    notes: Notes = field(factory=Notes)
    told: list[Happening] = field(factory=list)
    changed: list[Change] = field(factory=list)
    trusting: bool = False
    hss: Hss = field(init=False)
    registrations: Registrations = field(init=False)
    registering: Registering = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.hss = Hss([subscriber()], SeededIds("office"), self.notes)
        rules = Rules("home.example", ROUTE, Policy(), qop=self.qop, trusting=self.trusting)
        self.registrations = Registrations(self.hss, self.clock, self._hear, self.changed.append)
        self.registering = Registering(self.hss, rules, self.clock, self.notes, self.registrations)

    def _hear(self, _: Subscriber, happening: Happening) -> None:
        self.told.append(happening)

    def take(self, request: Request) -> Response:
        """Have a REGISTER answered."""
        return self.registering.register(request)

    def refusal(self, request: Request) -> Cause:
        """Have a REGISTER refused, and say why."""
        with pytest.raises(Refused) as refused:
            self.take(request)
        return refused.value.cause

    def registered(self, phone: Phone, expires: int | None = 600_000) -> Response:
        """Take a phone through challenge and proof."""
        return self.take(phone.answer(self.take(phone.register(expires)), expires))

    @property
    def state(self) -> State:
        """Where Alice's registration stands."""
        return self.registrations.of(KEY).state()

    @property
    def became(self) -> list[Event]:
        """What became of each contact, one after the other."""
        return [contact.event for change in self.changed for contact in change.contacts]

    @property
    def kinds(self) -> list[RegistrationType]:
        """What application servers were to hear."""
        return [happening.kind for happening in self.told]


S, I = State, Input  # noqa: E741 - as in the table
Rows = set[tuple[State, Input]]
JOURNEYS: dict[str, Rows] = {}
Test = TypeVar("Test", bound=Callable[..., None])


def journey(*rows: tuple[State, Input]) -> Callable[[Test], Test]:
    """Declare which rows of the table a test takes; it fails if they are others."""

    def declare(test: Test) -> Test:
        JOURNEYS[test.__name__] = set(rows)
        return test

    return declare


@pytest.fixture(autouse=True)
def _declared_rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    taken: Rows = set()
    step = registrar.step

    def recorded(state: State, event: Input) -> registrar.Row:
        taken.add((state, event))
        return step(state, event)

    monkeypatch.setattr(registrar, "step", recorded)
    yield
    assert taken == JOURNEYS.get(request.function.__name__, taken)


@pytest.fixture
def office() -> Office:
    """Give a registrar at which nobody is registered."""
    return Office()


@pytest.fixture
def phone() -> Phone:
    """Give Alice's phone."""
    return Phone()


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.PROVED))
def test_a_ue_registers(office: Office, phone: Phone) -> None:
    """Challenge, proof, 200: the figure's steps 1 to 8, and what step 9 starts from."""
    challenge = office.take(phone.register())
    assert (challenge.status, office.hss.flag(IMPI)) == (401, Flag.PENDING)
    granted = office.take(phone.answer(challenge))
    assert (granted.status, office.hss.flag(IMPI)) == (200, Flag.REGISTERED)
    assert office.notes.of("vector issued", "flag", "res verified") == [
        "vector issued",
        "pending",
        "res verified",
        "registered",
    ]
    (happening,) = office.told
    assert (happening.kind, happening.impu, happening.expires) == (RegistrationType.INITIAL, IMPU, 600_000)


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.UNPROVEN), (S.CHALLENGED, I.PROVED))
def test_a_ue_begins_anew(office: Office, phone: Phone) -> None:
    """A UE that starts again gets a new challenge, and the old one is worth nothing any more."""
    stale = office.take(phone.register())
    office.take(phone.register())
    fresh = office.take(phone.answer(stale))
    assert fresh.status == 401
    assert office.take(phone.answer(fresh)).status == 200


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.OUT_OF_STEP), (S.CHALLENGED, I.PROVED))
def test_a_ue_resynchronises(office: Office, phone: Phone) -> None:
    """An AUTS brings the HSS to the UE's sequence number, and the next challenge is fresh."""
    challenge = office.take(phone.register())
    sqn_ms = LAYOUT.join(5000, 3)
    again = office.take(phone.out_of_step(challenge, sqn_ms))
    assert phone.sqn(again) == LAYOUT.after(sqn_ms)
    assert office.take(phone.answer(again)).status == 200


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.OUT_OF_STEP), (S.CHALLENGED, I.DISPROVED))
def test_a_ue_is_out_of_step_twice(office: Office, phone: Phone) -> None:
    """A second AUTS in a row is refused, so that two broken counters do not go round for ever."""
    challenge = office.take(phone.register())
    again = office.take(phone.out_of_step(challenge, LAYOUT.join(5000, 3)))
    assert office.refusal(phone.out_of_step(again, LAYOUT.join(6000, 3))) is Cause.OUT_OF_STEP_AGAIN


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.DISPROVED))
def test_a_ue_answers_wrongly(office: Office, phone: Phone) -> None:
    """A wrong RES is refused, nobody hears of it, and the flag goes back."""
    challenge = office.take(phone.register())
    assert office.refusal(phone.wrong(challenge)) is Cause.WRONG_RESPONSE
    assert (office.hss.flag(IMPI), office.told) == (Flag.NOT_REGISTERED, [])
    assert office.notes.of("res verified", "res wrong") == ["res wrong"]


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.DISPROVED))
def test_a_ue_finds_our_mac_wrong(office: Office, phone: Phone) -> None:
    """An empty response without AUTS means that the UE refused our AUTN."""
    challenge = office.take(phone.register())
    assert office.refusal(phone.silent(challenge)) is Cause.MAC_FAILURE
    assert office.told == []


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.DISPROVED))
def test_a_ue_forges_an_auts(office: Office, phone: Phone) -> None:
    """An AUTS whose MAC is wrong is refused and moves no sequence number."""
    challenge = office.take(phone.register())
    assert office.refusal(phone.out_of_step(challenge, 0, "uoU/PBI8z0TpNZbjVcY=")) is Cause.WRONG_AUTS
    assert phone.sqn(office.take(phone.register())) == LAYOUT.after(LAYOUT.after(0))


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.NOT_REGISTERED, I.ELSEWHERE), (S.CHALLENGED, I.PROVED))
def test_a_ue_answers_under_another_call_id(office: Office, phone: Phone) -> None:
    """A right answer under a foreign Call-ID is refused, and the challenge still stands for the right one."""
    challenge = office.take(phone.register())
    assert office.refusal(phone.answer(challenge, Call_ID="other")) is Cause.OTHER_CALL_ID
    assert office.take(phone.answer(challenge)).status == 200


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.ELSEWHERE), (S.CHALLENGED, I.PROVED))
def test_two_call_ids_exchange_their_challenges(office: Office, phone: Phone) -> None:
    """Each Call-ID has its own challenge; the answer to the other's is refused, and both still stand."""
    mine = office.take(phone.register())
    other = Phone(call_id="other")
    office.take(other.register())
    assert office.refusal(other.answer(mine)) is Cause.OTHER_CALL_ID
    assert office.take(phone.answer(mine)).status == 200


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.PROVED))
def test_a_stranger_keeps_nobody_from_registering(office: Office, phone: Phone) -> None:
    """REGISTERs without proof in the user's name get challenges of their own, and the user's stays."""
    challenge = office.take(phone.register())
    for number in range(20):
        assert office.take(Phone(call_id=f"stranger-{number}").register(Authorization=None)).status == 401
    assert office.take(phone.answer(challenge)).status == 200


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.SILENT))
def test_a_ue_never_answers(office: Office, phone: Phone) -> None:
    """After four minutes the challenge is gone, and an answer to it gets a new one."""
    challenge = office.take(phone.register())
    office.clock.advance(239)
    assert office.hss.flag(IMPI) is Flag.PENDING
    office.clock.advance(1)
    assert office.hss.flag(IMPI) is Flag.NOT_REGISTERED
    assert not office.clock.getDelayedCalls()
    challenge = office.take(phone.register())
    office.clock.advance(240)
    assert challenge.status == 401


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.PROVED_ASKING))
def test_a_ue_asks_before_registering(office: Office, phone: Phone) -> None:
    """A REGISTER without Contact asks, and registers nothing."""
    challenge = office.take(phone.register(Contact=None))
    granted = office.take(phone.answer(challenge, Contact=None))
    assert (granted.status, granted.contacts, office.told) == (200, (), [])


@journey((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.PROVED_LEAVING))
def test_a_ue_leaves_without_having_come(office: Office, phone: Phone) -> None:
    """De-registration of what is not registered succeeds, and servers hear of it in case they think otherwise."""
    challenge = office.take(phone.register(0))
    assert office.take(phone.answer(challenge, 0)).status == 200
    assert (office.hss.flag(IMPI), office.kinds) == (Flag.NOT_REGISTERED, [RegistrationType.GONE])


@journey(
    (S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.PROVED), (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.UNPROVEN)
)
def test_a_whole_registration_is_replayed(office: Office, phone: Phone) -> None:
    """Whoever sends both REGISTERs once more gets challenges for them, and the registration stays as it was."""
    first = phone.register()
    answered = phone.answer(office.take(first))
    assert office.take(answered).status == 200
    assert [office.take(first).status, office.take(answered).status] == [401, 401]
    assert office.kinds == [RegistrationType.INITIAL]


@journey(
    (S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.PROVED), (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.PROVED)
)
def test_a_proof_that_was_overtaken_registers_nothing(office: Office, phone: Phone) -> None:
    """A right answer whose CSeq is not higher than that of the registration comes too late (RFC 3261 10.3 step 7)."""
    office.registered(phone)
    challenge = office.take(phone.register())
    assert office.refusal(phone.answer(challenge, CSeq="2 REGISTER")) is Cause.OUT_OF_ORDER
    assert office.kinds == [RegistrationType.INITIAL]


FIRST: tuple[tuple[State, Input], ...] = ((S.NOT_REGISTERED, I.UNPROVEN), (S.CHALLENGED, I.PROVED))


@journey(*FIRST, (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.PROVED))
def test_a_ue_registers_again(office: Office, phone: Phone) -> None:
    """Re-registration is challenged, the flag stays, and the time runs anew."""
    office.registered(phone)
    office.clock.advance(DAY)
    challenge = office.take(phone.register())
    assert (challenge.status, office.hss.flag(IMPI)) == (401, Flag.REGISTERED)
    assert office.take(phone.answer(challenge)).headers.all("Contact") == (
        "<sip:alice@127.0.0.11:5060>;expires=600000",
    )
    assert office.kinds == [RegistrationType.INITIAL, RegistrationType.AGAIN]


@journey(*FIRST, (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.UNPROVEN), (S.RECHALLENGED, I.PROVED))
def test_a_ue_replays_its_answer(office: Office, phone: Phone) -> None:
    """An answer that has been used is stale: it gets a new challenge, and so does what follows without proof."""
    challenge = office.take(phone.register())
    office.take(phone.answer(challenge))
    assert office.take(phone.answer(challenge)).status == 401
    fresh = office.take(phone.register())
    assert office.take(phone.answer(fresh)).status == 200


@journey(*FIRST, (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.OUT_OF_STEP), (S.RECHALLENGED, I.PROVED))
def test_a_ue_resynchronises_again(office: Office, phone: Phone) -> None:
    """A registered UE can get out of step too."""
    office.registered(phone)
    again = office.take(phone.out_of_step(office.take(phone.register()), LAYOUT.join(900, 1)))
    assert office.take(phone.answer(again)).status == 200


@journey(*FIRST, (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.PROVED_LEAVING))
def test_a_ue_leaves(office: Office, phone: Phone) -> None:
    """De-registration empties the Contact list, turns the flag, and servers hear of it with Expires 0."""
    office.registered(phone)
    granted = office.registered(phone, 0)
    assert (granted.status, granted.contacts, office.hss.flag(IMPI)) == (200, (), Flag.NOT_REGISTERED)
    assert office.told[-1].expires == 0
    assert office.kinds == [RegistrationType.INITIAL, RegistrationType.GONE]
    assert not office.clock.getDelayedCalls()


@journey(*FIRST, (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.PROVED_LEAVING))
def test_a_ue_leaves_with_a_star(office: Office, phone: Phone) -> None:
    """Contact * with Expires 0 removes everything."""
    office.registered(phone)
    challenge = office.take(phone.register(0, Contact="*"))
    assert office.take(phone.answer(challenge, 0, Contact="*")).status == 200
    assert office.hss.flag(IMPI) is Flag.NOT_REGISTERED


@journey(*FIRST, (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.PROVED_ASKING))
def test_a_ue_asks_what_is_registered(office: Office, phone: Phone) -> None:
    """A REGISTER without Contact is told what stands, and changes nothing."""
    office.registered(phone)
    office.clock.advance(100)
    challenge = office.take(phone.register(Contact=None))
    granted = office.take(phone.answer(challenge, Contact=None))
    assert granted.headers.all("Contact") == ("<sip:alice@127.0.0.11:5060>;expires=599900",)
    assert office.kinds == [RegistrationType.INITIAL]


@journey(*FIRST, (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.DISPROVED))
def test_a_ue_answers_wrongly_when_registered(office: Office, phone: Phone) -> None:
    """A failed re-registration leaves the registration as it was."""
    office.registered(phone)
    assert office.refusal(phone.wrong(office.take(phone.register()))) is Cause.WRONG_RESPONSE
    assert (office.hss.flag(IMPI), office.kinds) == (Flag.REGISTERED, [RegistrationType.INITIAL])


@journey(*FIRST, (S.REGISTERED, I.UNPROVEN), (S.REGISTERED, I.ELSEWHERE), (S.RECHALLENGED, I.ELSEWHERE))
def test_a_ue_answers_elsewhere_when_registered(office: Office, phone: Phone) -> None:
    """Another Call-ID is refused here too, whether or not it has been challenged itself."""
    office.registered(phone)
    challenge = office.take(phone.register())
    assert office.refusal(phone.answer(challenge, Call_ID="other")) is Cause.OTHER_CALL_ID
    office.take(phone.register(Call_ID="other"))
    assert office.refusal(phone.answer(challenge, Call_ID="other")) is Cause.OTHER_CALL_ID


def vouched(request: Request) -> Request:
    """Give a REGISTER as a P-CSCF passes it on from a UE it knows."""
    credentials = request.headers.get("Authorization")
    return request.with_header("Authorization", f'{credentials}, integrity-protected="yes"')


@journey(*FIRST, (S.REGISTERED, I.VOUCHED), (S.REGISTERED, I.VOUCHED_ASKING), (S.REGISTERED, I.VOUCHED_LEAVING))
def test_a_ue_is_vouched_for(phone: Phone) -> None:
    """Where no new proof is wanted, it renews, asks and leaves without a challenge."""
    office = Office(trusting=True)
    office.registered(phone)
    assert office.take(vouched(phone.register())).status == 200
    assert office.take(vouched(phone.register(Contact=None))).headers.all("Contact")
    assert office.take(vouched(phone.register(0))).contacts == ()
    assert office.kinds == [RegistrationType.INITIAL, RegistrationType.AGAIN, RegistrationType.GONE]
    assert office.became == [Event.REGISTERED, Event.REFRESHED, Event.UNREGISTERED]


def test_more_contacts_than_anybody_has_are_refused(office: Office, phone: Phone) -> None:
    """Before anything is made of them, whoever sent them: a stranger's thousands held up everybody."""
    contact = ", ".join(f"<sip:a@192.0.2.{number}>" for number in range(MOST_CONTACTS + 1))
    with pytest.raises(ParseError, match="more than 32"):
        office.take(phone.register(0, Contact=contact))


@journey(*FIRST, (S.REGISTERED, I.STRANGE))
def test_a_ue_brings_a_contact_never_registered(office: Office, phone: Phone) -> None:
    """A protected REGISTER for another contact is refused (TS 24.229 5.4.1.2.2)."""
    office.registered(phone)
    phone.contact = "<sip:alice@127.0.0.99>"
    assert office.refusal(vouched(phone.register())) is Cause.STRANGE_CONTACT
    assert office.state is State.REGISTERED


@journey(*FIRST, (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.SILENT))
def test_a_ue_never_answers_when_registered(office: Office, phone: Phone) -> None:
    """An unanswered re-challenge passes; the registration stands until its own end."""
    office.registered(phone)
    office.take(phone.register())
    office.clock.advance(240)
    assert office.state is State.REGISTERED
    assert office.hss.flag(IMPI) is Flag.REGISTERED


@journey(*FIRST, (S.REGISTERED, I.EXPIRED))
def test_a_ue_runs_out(office: Office, phone: Phone) -> None:
    """What nobody refreshes ends by our own clock, and servers hear of it with Expires 0."""
    office.registered(phone, 3600)
    office.clock.advance(3599)
    assert office.hss.flag(IMPI) is Flag.REGISTERED
    office.clock.advance(1)
    assert office.hss.flag(IMPI) is Flag.NOT_REGISTERED
    assert (office.told[-1].kind, office.told[-1].expires) == (RegistrationType.GONE, 0)
    assert office.told[-1].request == office.told[0].request


@journey(
    *FIRST,
    (S.REGISTERED, I.UNPROVEN),
    (S.RECHALLENGED, I.EXPIRED),
    (S.CHALLENGED, I.PROVED),
)
def test_a_ue_runs_out_while_challenged(office: Office, phone: Phone) -> None:
    """A registration that ends between challenge and proof is a new one when the proof comes."""
    office.registered(phone, 3600)
    office.clock.advance(3590)
    challenge = office.take(phone.register())
    office.clock.advance(10)
    assert office.hss.flag(IMPI) is Flag.PENDING
    office.take(phone.answer(challenge))
    assert office.kinds == [RegistrationType.INITIAL, RegistrationType.GONE, RegistrationType.INITIAL]


def flow(number: int) -> str:
    """Give a contact of Alice's that is one flow of many."""
    return f'<sip:alice@127.0.0.1{number}>;+sip.instance="<urn:uuid:1>";reg-id={number}'


@journey(
    *FIRST, (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.PROVED), (S.REGISTERED, I.LAPSED), (S.REGISTERED, I.EXPIRED)
)
def test_one_contact_runs_out_before_another(office: Office) -> None:
    """Watchers hear of each contact, servers of the last one only."""
    office.registered(Phone(contact=flow(1)), 600)
    office.registered(Phone(contact=flow(2), call_id="second"), 900)
    office.clock.advance(600)
    assert (office.state, len(office.registrations.of(KEY).bindings)) == (State.REGISTERED, 1)
    assert office.kinds == [RegistrationType.INITIAL, RegistrationType.AGAIN]
    office.clock.advance(300)
    assert office.kinds[2:] == [RegistrationType.GONE]
    assert office.became == [Event.REGISTERED, Event.REGISTERED, Event.EXPIRED, Event.EXPIRED]


@journey(*FIRST, (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.PROVED), (S.RECHALLENGED, I.LAPSED))
def test_one_contact_runs_out_while_challenged(office: Office) -> None:
    """The challenge stays out, and so does the other contact."""
    phone = Phone(contact=flow(2), call_id="second")
    office.registered(Phone(contact=flow(1)), 600)
    office.registered(phone, 900)
    office.clock.advance(590)
    office.take(phone.register())
    office.clock.advance(10)
    assert (office.state, office.became[-1]) == (State.RECHALLENGED, Event.EXPIRED)


@journey(*FIRST, (S.REGISTERED, I.SHORTENED), (S.REGISTERED, I.EXPIRED))
def test_a_registration_is_shortened(office: Office, phone: Phone) -> None:
    """The network leaves a UE a short while to prove itself again, and then ends what was not renewed."""
    office.registered(phone)
    assert office.registrations.shorten(KEY, 60)
    office.clock.advance(59)
    assert (office.state, office.became[-1]) == (State.REGISTERED, Event.SHORTENED)
    office.clock.advance(1)
    assert (office.state, office.became[-1]) == (State.NOT_REGISTERED, Event.EXPIRED)


@journey(*FIRST, (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.SHORTENED))
def test_a_registration_is_shortened_while_challenged(office: Office, phone: Phone) -> None:
    """The challenge that is out is not touched."""
    office.registered(phone)
    office.take(phone.register())
    office.registrations.shorten(KEY, 60)
    assert office.state is State.RECHALLENGED


@journey(*FIRST, (S.REGISTERED, I.TERMINATED))
def test_a_ue_is_ended_by_the_network(office: Office, phone: Phone) -> None:
    """The network ends a registration, and servers hear of it."""
    office.registered(phone)
    office.registrations.end(KEY, Ending(Event.REJECTED))
    assert office.hss.flag(IMPI) is Flag.NOT_REGISTERED
    assert office.kinds == [RegistrationType.INITIAL, RegistrationType.GONE]


@journey(*FIRST, (S.REGISTERED, I.UNPROVEN), (S.RECHALLENGED, I.TERMINATED))
def test_a_ue_is_ended_while_challenged(office: Office, phone: Phone) -> None:
    """The challenge stays out when the network ends the registration beneath it."""
    office.registered(phone)
    office.take(phone.register())
    office.registrations.end(KEY, Ending(Event.REJECTED))
    assert office.hss.flag(IMPI) is Flag.PENDING


def test_every_row_of_the_table_is_on_a_journey() -> None:
    """No row of the table is there that no message or timer reaches; the report says who reaches which."""
    sys.stdout.write(reached.report(JOURNEYS))
    assert reached.missing(JOURNEYS) == []
    assert set().union(*JOURNEYS.values()) == set(TABLE)


def test_the_200_has_what_a_ue_goes_on_with() -> None:
    """Path as it came, Service-Route, the identities without the barred one, contacts with what is left of them."""
    office, phone = Office(), Phone()
    path = "<sip:term@127.0.0.21:5060;lr>"
    granted = office.take(phone.answer(office.take(phone.register(Path=path)), Path=path))
    assert granted.headers.all("Path") == (path,)
    assert granted.headers.all("Service-Route") == (ROUTE,)
    assert granted.headers.all("P-Associated-URI") == (f"<{IMPU}>", f"<{WORK}>")
    assert granted.headers.all("Contact") == ("<sip:alice@127.0.0.11:5060>;expires=600000",)


def test_the_200_proves_that_the_core_knows_res() -> None:
    """Authentication-Info carries rspauth over the same terms, whose password is XRES."""
    office, phone = Office(qop="auth"), Phone()
    challenge = office.take(phone.register())
    info = office.take(phone.answer(challenge)).authentication_info
    assert info is not None
    assert info.get("rspauth") == phone.rspauth(challenge)
    assert [info.get(name) for name in ("nc", "cnonce", "qop")] == ["00000001", "0a4f113b", "auth"]


def test_the_challenge_has_keys_for_the_pcscf_and_offers_auth_int() -> None:
    """401 carries CK and IK besides RAND and AUTN; the P-CSCF takes them out."""
    challenge = Office().take(Phone().register()).challenge
    assert challenge is not None
    assert [challenge.get(name) for name in ("realm", "algorithm", "qop")] == [
        "home.example",
        "AKAv1-MD5",
        "auth,auth-int",
    ]
    assert len(challenge.get("ck") or "") == len(challenge.get("ik") or "") == 32


def test_auth_int_covers_the_token() -> None:
    """With auth-int a body changed on the way is a wrong response."""
    office, phone = Office(qop="auth-int"), Phone()
    challenge = office.take(phone.register(body=b"token"))
    edited = phone.answer(challenge, body=b"token").with_body(b"other", "text/plain")
    assert office.refusal(edited) is Cause.WRONG_RESPONSE


def test_without_qop_there_is_no_rspauth() -> None:
    """The older form of Digest is still a proof."""
    granted = Office(qop=None)
    response = granted.registered(Phone())
    assert response.status == 200
    assert "Authentication-Info" not in response.headers


def test_a_digest_over_another_uri_is_accepted_and_mentioned() -> None:
    """SIPp signs the address it sends to; that proves RES as well, and the log says so."""
    office, phone = Office(qop=None), Phone()
    challenge = office.take(phone.register())
    answer = phone.answer(challenge)
    credentials = answer.authorization
    assert credentials is not None
    values = {name: credentials.get(name) or "" for name in credentials.params}
    values["uri"] = "sip:127.0.0.21:5060"
    password = office.registrations.of(KEY).challenge(phone.call_id)
    assert password is not None
    values["response"] = Digest.read(values).response(password.password(Algorithm.AKAV1_MD5), "REGISTER")
    signed = answer.with_header("Authorization", str(type(credentials).build("Digest", values)))
    with capturedLogs() as events:
        assert office.take(signed).status == 200
    assert [event["uri"] for event in events if "uri" in event] == ["sip:127.0.0.21:5060"]


@pytest.mark.parametrize("change", ["username", "realm", "algorithm"])
def test_a_proof_on_other_terms_is_none(change: str) -> None:
    """Another user's name, another realm or another algorithm in the credentials is a wrong response."""
    office, phone = Office(), Phone()
    answer = phone.answer(office.take(phone.register()))
    credentials = answer.authorization
    assert credentials is not None
    other = {"username": "bob@home.example", "realm": "elsewhere", "algorithm": "AKAv2-MD5"}[change]
    edited = type(credentials)("Digest", credentials.params.having(change, other))
    to = {"username": Cause.UNKNOWN_USER}.get(change, Cause.WRONG_RESPONSE)
    assert office.refusal(answer.with_header("Authorization", str(edited))) is to


def test_an_unknown_user_is_refused() -> None:
    """No subscriber has this IMPI."""
    assert Office().refusal(Phone(impi="bob@home.example").register()) is Cause.UNKNOWN_USER


def test_an_identity_of_nobody_is_refused() -> None:
    """The IMPU has to be one of the IMPI's."""
    assert Office().refusal(Phone(impu="sip:bob@home.example").register()) is Cause.NOT_THEIR_IMPU


def test_a_ue_without_credentials_has_the_impi_its_impu_spells() -> None:
    """SIPp begins without Authorization; its IMPI is taken from its IMPU."""
    assert Office().take(Phone().register(Authorization=None)).status == 401


def test_a_barred_identity_registers_the_default_one() -> None:
    """A REGISTER for a barred IMPU registers its set; servers and UE hear of the others only."""
    office = Office()
    granted = office.registered(Phone(impu=BARRED))
    assert BARRED not in str(granted.headers.all("P-Associated-URI"))
    assert office.told[0].impu == IMPU


def test_too_brief_a_registration_is_refused_before_any_challenge() -> None:
    """423 names the least; no vector is used up for it."""
    office = Office()
    with pytest.raises(Refused) as refused:
        office.take(Phone().register(30))
    assert (refused.value.cause, refused.value.headers) == (Cause.TOO_BRIEF, (("Min-Expires", "60"),))
    assert office.notes.told == []


def test_an_unknown_option_is_refused() -> None:
    """420 names what is not supported; path is."""
    with pytest.raises(Refused) as refused:
        Office().take(Phone().register(Require="path, teleport"))
    assert refused.value.headers == (("Unsupported", "teleport"),)


def test_a_new_contact_takes_the_place_of_the_old_one() -> None:
    """Without instance and flow, a UE that comes from elsewhere is the same device."""
    office = Office()
    office.registered(Phone())
    granted = office.registered(Phone(contact="<sip:alice@127.0.0.12:5060>", call_id="second"))
    assert office.became == [Event.REGISTERED, Event.REGISTERED, Event.DEACTIVATED]
    assert granted.headers.all("Contact") == ("<sip:alice@127.0.0.12:5060>;expires=600000",)


def test_devices_that_name_themselves_stand_side_by_side() -> None:
    """Two instances with their flows are two contacts, and the registration ends with the last of them."""
    office = Office()
    one = Phone(contact='<sip:alice@127.0.0.11>;+sip.instance="<urn:uuid:1>";reg-id=1')
    two = Phone(contact='<sip:alice@127.0.0.12>;+sip.instance="<urn:uuid:2>";reg-id=1', call_id="second")
    office.registered(one)
    assert len(office.registered(two).headers.all("Contact")) == 2
    assert len(office.registered(one, 0).headers.all("Contact")) == 1
    assert office.hss.flag(IMPI) is Flag.REGISTERED
    office.registered(two, 0)
    assert office.hss.flag(IMPI) is Flag.NOT_REGISTERED


def test_closing_leaves_no_timer() -> None:
    """A core that stops waits for nothing."""
    office = Office()
    office.registered(Phone())
    office.registrations.close()
    assert not office.clock.getDelayedCalls()


def test_a_flow_is_registered_as_one() -> None:
    """The 200 says that outbound was used (RFC 5626 6); without it there is nothing to require."""
    office, phone, path = Office(), Phone(contact=flow(1)), "<sip:term@127.0.0.21;lr;ob>"
    challenge = office.take(phone.register(Supported="path, outbound", Path=path))
    granted = office.take(phone.answer(challenge, Supported="path, outbound", Path=path))
    assert granted.headers.all("Require") == ("outbound",)
    assert "Require" not in office.registered(Phone(contact=flow(2), call_id="second")).headers


def test_a_challenge_goes_with_its_vector() -> None:
    """AKA where there is an AUTN, Digest alone where there is none, each in the order of the settings."""
    rules = Rules("home.example", ROUTE, Policy(), tuple(Algorithm))
    hss = Hss([subscriber()], SeededIds("office"), Notes())
    assert [each.is_aka for each in rules.offered(hss.vector(IMPI))] == [True, True, True]
    assert rules.offered(Password(b"x").vector(b"n")) == (Algorithm.MD5, Algorithm.SHA_256, Algorithm.SHA_512_256)
