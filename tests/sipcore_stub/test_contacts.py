import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipcore_stub.contacts import MOST_CONTACTS, Binding, Policy, check_flows, check_order, standing, updated
from sipcore_stub.errors import Cause, Refused
from tests.sipcore_stub.parts import Phone

POLICY = Policy(minimum=60, maximum=7200, default=3600)
NOW = 1_000.0


def after(phone: Phone, *before: Binding, expires: int | None = 600, **changes: str | None) -> tuple[Binding, ...]:
    """Give what a REGISTER of this phone leaves behind."""
    return updated(before, phone.register(expires, b"", **changes), POLICY, NOW)


@pytest.mark.parametrize(
    ("header", "contact", "seconds"),
    [(600, "", 600), (None, "", 3600), (600, ";expires=700", 700), (99999, "", 7200), (60, "", 60)],
    ids=("Expires", "the default", "the contact's own wins", "not more than allowed", "the least"),
)
def test_the_seconds_granted(header: int | None, contact: str, seconds: int) -> None:
    """The contact's own expires beats the header beats the default (RFC 3261 10.3 step 7)."""
    (binding,) = after(Phone(contact=f"<sip:a@192.0.2.1>{contact}"), expires=header)
    assert binding.seconds_left(NOW) == seconds


@pytest.mark.parametrize("asked", [1, 59])
def test_too_little_is_refused(asked: int) -> None:
    """Less than the least, but not 0, gets Min-Expires."""
    with pytest.raises(Refused) as refused:
        after(Phone(), expires=asked)
    assert refused.value.headers == (("Min-Expires", "60"),)


def test_a_binding_keeps_the_path() -> None:
    """The way back to the UE is that of its REGISTER, hop by hop (RFC 3327)."""
    (binding,) = after(Phone(), Path="<sip:p1;lr>, <sip:p2;lr>")
    assert binding.path == ("<sip:p1;lr>", "<sip:p2;lr>")


def test_zero_removes_the_contact() -> None:
    """Expires 0 leaves nothing of this device behind."""
    phone = Phone()
    assert after(phone, *after(phone), expires=0) == ()


def test_ever_new_devices_take_the_place_of_the_oldest() -> None:
    """Else the answer grows until no element takes it, and the registration is one that nobody hears of."""
    left: tuple[Binding, ...] = ()
    for number in range(MOST_CONTACTS + 2):
        left = after(Phone(contact=f'<sip:a@192.0.2.1>;+sip.instance="<urn:uuid:{number}>";reg-id=1'), *left)
    assert [binding.flow for binding in left] == [
        (f"<urn:uuid:{number}>", "1") for number in range(2, MOST_CONTACTS + 2)
    ]


def test_star_removes_all() -> None:
    """Contact * with Expires 0 is for every device."""
    phone = Phone(contact='<sip:a@192.0.2.1>;+sip.instance="<urn:uuid:1>"')
    assert after(phone, *after(phone), expires=0, Contact="*") == ()


@pytest.mark.parametrize("expires", [None, 600])
def test_star_needs_expires_0(expires: int | None) -> None:
    """A star with anything else is a bad request (RFC 3261 10.3 step 6)."""
    with pytest.raises(Refused) as refused:
        after(Phone(), expires=expires, Contact="*")
    assert refused.value.cause is Cause.STAR_WITH_MORE


@pytest.mark.parametrize("number", [0, 1])
def test_an_overtaken_register_is_refused(number: int) -> None:
    """The same Call-ID with a CSeq that is not higher comes too late, whatever it wants."""
    phone = Phone()
    bindings = after(phone)
    with pytest.raises(Refused) as refused:
        check_order(bindings, phone.register(0, CSeq=f"{number} REGISTER"))
    assert refused.value.cause is Cause.OUT_OF_ORDER
    check_order(bindings, phone.register(0, CSeq="2 REGISTER"))


def test_another_call_id_knows_no_order() -> None:
    """A UE that was restarted counts from 1 again under a new Call-ID."""
    phone = Phone(cseq=40)
    (binding,) = after(Phone(call_id="second"), *after(phone))
    assert (binding.call_id, binding.cseq) == ("second", 1)


def test_a_refused_contact_changes_nothing() -> None:
    """Two contacts in one REGISTER, one of them too brief: neither is taken."""
    both = '<sip:a@192.0.2.1>;+sip.instance="<urn:uuid:1>", <sip:b@192.0.2.1>;expires=5'
    with pytest.raises(Refused):
        after(Phone(contact=both))


def test_no_contact_changes_nothing() -> None:
    """A REGISTER that asks leaves what stands."""
    phone = Phone()
    bindings = after(phone)
    assert after(phone, *bindings, Contact=None) == bindings


def test_what_has_run_out_is_gone() -> None:
    """A binding whose time has come stands no longer."""
    (binding,) = after(Phone())
    assert standing([binding], NOW + 599) == (binding,)
    assert standing([binding], NOW + 600) == ()


OUTBOUND = "path, outbound"


def flow(instance: str, number: str) -> str:
    """Write a contact of a device's flow."""
    return f'<sip:a@192.0.2.1:5070>;+sip.instance="<urn:uuid:{instance}>";reg-id={number}'


def test_flows_stand_side_by_side() -> None:
    """Each flow of each device has its contact; the same flow from another address takes its own place only."""
    bindings: tuple[Binding, ...] = ()
    for contact in (flow("1", "1"), flow("1", "2"), flow("2", "1"), "<sip:a@192.0.2.9>"):
        bindings = after(Phone(contact=contact), *bindings)
    assert len(bindings) == 4
    moved = flow("1", "2").replace("192.0.2.1", "192.0.2.7")
    again = after(Phone(contact=moved), *bindings)
    assert [binding.contact.uri for binding in again].count("sip:a@192.0.2.7:5070") == 1
    assert len(again) == 4


def test_a_ue_without_flows_is_one_device() -> None:
    """What it registers takes the place of what it had, whatever instance it names (TS 24.229 5.4.1.2.2F)."""
    old = after(Phone(contact='<sip:a@192.0.2.1>;+sip.instance="<urn:uuid:1>"'))
    (binding,) = after(Phone(contact='<sip:a@192.0.2.2>;+sip.instance="<urn:uuid:2>"'), *old)
    assert binding.contact.uri == "sip:a@192.0.2.2"


def test_one_register_may_bring_two_contacts() -> None:
    """Contacts of one REGISTER stand beside each other, and one of them can leave alone (TS 24.379 7.1)."""
    phone = Phone(contact="<sip:a@192.0.2.1>;+g.3gpp.mcptt, <sip:b@192.0.2.1>;+g.3gpp.mcdata")
    both = after(phone)
    assert len(both) == 2
    phone.contact = "<sip:a@192.0.2.1>"
    (left,) = after(phone, *both, expires=0)
    assert left.contact.uri == "sip:b@192.0.2.1"


def test_a_flow_leaves_from_another_address() -> None:
    """A device that has moved ends its flow by instance and reg-id."""
    bindings = after(Phone(contact=flow("1", "1")))
    assert after(Phone(contact=flow("1", "1").replace("192.0.2.1", "192.0.2.7")), *bindings, expires=0) == ()


@pytest.mark.parametrize("path", [None, "<sip:p1;lr;ob>, <sip:p2;lr>"], ids=("no Path", "another hop's"))
def test_a_flow_needs_a_first_hop_that_keeps_it(path: str | None) -> None:
    """439 where the P-CSCF has not said `ob`; without outbound or without reg-id nobody asks (RFC 5626 6)."""
    with pytest.raises(Refused) as refused:
        check_flows(Phone(contact=flow("1", "1")).register(Path=path, Supported=OUTBOUND))
    assert refused.value.cause is Cause.NO_OUTBOUND
    check_flows(Phone(contact=flow("1", "1")).register(Path="<sip:p1;lr;ob>", Supported=OUTBOUND))
    check_flows(Phone(contact=flow("1", "1")).register(Path=path))
    check_flows(Phone().register(Path=path, Supported=OUTBOUND))
    check_flows(Phone(contact="*").register(0, Path=path, Supported=OUTBOUND))


devices = st.sampled_from(["", ';+sip.instance="<urn:uuid:1>";reg-id=1', ';+sip.instance="<urn:uuid:2>";reg-id=1'])
steps = st.lists(st.tuples(devices, st.sampled_from([0, 60, 600, 7200])), max_size=12)


@given(steps)
def test_each_device_has_at_most_one_contact(registrations: list[tuple[str, int]]) -> None:
    """However devices come and go, each has the contact it registered last, or none."""
    bindings: tuple[Binding, ...] = ()
    last: dict[str, int] = {}
    phone = Phone()
    for device, expires in registrations:
        place = "192.0.2.9" if not device else "192.0.2.1" if ":1>" in device else "192.0.2.2"
        phone.contact = f"<sip:a@{place}>{device}"
        bindings = after(phone, *bindings, expires=expires)
        last[device] = expires
    assert sorted(binding.seconds_left(NOW) for binding in bindings) == sorted(e for e in last.values() if e)
