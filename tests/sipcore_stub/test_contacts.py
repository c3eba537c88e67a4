import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipcore_stub.contacts import Binding, Policy, standing, updated
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


@pytest.mark.parametrize("contact", [None, "*"])
def test_an_overtaken_register_is_refused(contact: str | None) -> None:
    """The same Call-ID with a CSeq that is not higher comes too late, whatever it wants."""
    phone = Phone()
    bindings = after(phone)
    late = {"CSeq": "1 REGISTER"} | ({"Contact": contact} if contact else {})
    with pytest.raises(Refused) as refused:
        after(phone, *bindings, expires=0, **late)
    assert refused.value.cause is Cause.OUT_OF_ORDER


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


devices = st.sampled_from(["", ';+sip.instance="<urn:uuid:1>"', ';+sip.instance="<urn:uuid:2>";reg-id=1'])
steps = st.lists(st.tuples(devices, st.sampled_from([0, 60, 600, 7200])), max_size=12)


@given(steps)
def test_each_device_has_at_most_one_contact(registrations: list[tuple[str, int]]) -> None:
    """However devices come and go, each has the contact it registered last, or none."""
    bindings: tuple[Binding, ...] = ()
    last: dict[str, int] = {}
    phone = Phone()
    for device, expires in registrations:
        phone.contact = f"<sip:a@192.0.2.1>{device}"
        bindings = after(phone, *bindings, expires=expires)
        last[device] = expires
    assert sorted(binding.seconds_left(NOW) for binding in bindings) == sorted(e for e in last.values() if e)
