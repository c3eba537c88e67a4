from attrs import evolve

from valkit.reginfo import Contact, RegInfo, Registration, View
from valkit.reginfo.view import MOST_CONTACTS, MOST_REGISTRATIONS

ONE = Contact("1", "sip:alice@192.0.2.1", active=True, event="registered")
TWO = Contact("2", "sip:alice@192.0.2.2", active=True, event="registered")
GONE = evolve(ONE, active=False, event="deactivated")


def told(version: int, *contacts: Contact, full: bool = False, id: str = "a") -> RegInfo:  # noqa: A002 - the attribute's name
    """Give a document about one registration."""
    return RegInfo(version, full, (Registration("sip:alice@home.example", id, "active", contacts),))


def test_changes_add_up() -> None:
    """A partial document changes what it speaks of and leaves the rest."""
    view = View().heard(told(0, ONE, full=True)).heard(told(1, TWO)).heard(told(2, GONE))
    assert view.registrations[0].contacts == (GONE, TWO)
    assert (view.version, view.whole, view.contact(ONE.uri)) == (2, True, GONE)
    assert view.contact("sip:nobody@192.0.2.9") is None


def test_what_has_ended_is_seen_once() -> None:
    """The next document about the registration leaves it out."""
    view = View().heard(told(0, GONE, full=True)).heard(told(1, TWO))
    assert view.registrations[0].contacts == (TWO,)


def test_a_full_document_replaces_all() -> None:
    """Nothing from before it stays."""
    view = View().heard(told(0, ONE, full=True, id="b")).heard(told(1, TWO, full=True))
    assert [each.id for each in view.registrations] == ["a"]


def test_an_old_document_changes_nothing() -> None:
    """A NOTIFY that was overtaken or repeated is not processed."""
    view = View().heard(told(3, ONE, full=True))
    assert view.heard(told(3, TWO)) == view.heard(told(2, TWO)) == view


def test_a_gap_is_noticed() -> None:
    """What came is taken in; what was missed has to be asked for, until a full document comes."""
    view = View().heard(told(0, ONE, full=True)).heard(told(2, TWO))
    assert (view.whole, len(view.registrations[0].contacts)) == (False, 2)
    assert not view.heard(told(3, TWO)).whole
    assert view.heard(told(4, TWO, full=True)).whole


def test_a_view_is_bounded() -> None:
    """However much a notifier tells; what it spoke of last is kept, so also what it changes."""
    view = View().heard(told(0, ONE, full=True, id="kept"))
    for version in range(1, 4):
        ids = [f"{version}.{number}" for number in range(MOST_REGISTRATIONS - 1)]
        view = view.heard(
            RegInfo(version, False, tuple(Registration("sip:x", each, "active") for each in (*ids, "kept")))
        )
    assert len(view.registrations) == MOST_REGISTRATIONS
    assert view.registrations[-1].contacts == (ONE,)
    many = [evolve(TWO, id=str(number)) for number in range(2 * MOST_CONTACTS)]
    for full in (True, False):
        crowded = view.heard(told(9, *many, full=full))
        assert len(crowded.registrations[-1].contacts) == MOST_CONTACTS
    assert len(View().heard(RegInfo(0, True, view.registrations * 2)).registrations) == MOST_REGISTRATIONS


ALICE = "sip:alice@home.example"


def of(state: str, *contacts: Contact, version: int = 0, full: bool = True, aor: str = ALICE) -> RegInfo:
    """Give a document about a registration in a state."""
    return RegInfo(version, full, (Registration(aor, "a", state, contacts),))


def test_a_registration_is_over_when_its_state_says_so() -> None:
    """With what its contacts tell of the reason; one that never was is over too."""
    assert View().heard(of("terminated", GONE)).over(ALICE) == "registration terminated (deactivated)"
    assert View().heard(of("init")).over("sip:alice@HOME.example") == "registration terminated"
    assert View().heard(of("active", ONE)).over(ALICE) == ""
    assert View().heard(of("active")).over(ALICE) == ""


def test_a_registration_is_over_when_all_its_contacts_are() -> None:
    """Unless a document was missed, which may have told of another one."""
    view = View().heard(of("active", ONE, TWO))
    assert view.heard(of("active", GONE, version=1, full=False)).over(ALICE) == ""
    assert View().heard(of("active", ONE)).heard(of("active", GONE, version=1, full=False)).over(ALICE) != ""
    assert View().heard(of("active", ONE)).heard(of("active", GONE, version=2, full=False)).over(ALICE) == ""


def test_of_others_nothing_is_known() -> None:
    """A document about another address, or about none that can be read."""
    assert View().heard(of("terminated", GONE, aor="sip:bob@home.example")).over(ALICE) == ""
    assert View().heard(of("terminated", GONE, aor="sip:@")).over(ALICE) == ""
    assert View().over(ALICE) == ""
