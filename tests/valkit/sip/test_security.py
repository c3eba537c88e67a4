import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.errors import ParseError
from valkit.sip.grammar import Params
from valkit.sip.security import Mechanism, mechanisms, mirrored

IPSEC = "ipsec-3gpp;q=0.1;alg=hmac-sha-1-96;prot=esp;spi-c=93765;port-s=2468"

names = st.sampled_from(["tls", "digest", "ipsec-ike", "ipsec-man", "ipsec-3gpp"])
values = st.dictionaries(st.sampled_from(["q", "alg", "ealg", "spi-c"]), st.sampled_from(["0.1", "null", "4711"]))
offers = st.lists(st.builds(lambda name, params: Mechanism(name, Params(tuple(params.items()))), names, values))


def test_a_mechanism_is_read_and_written() -> None:
    """Name, preference and parameters, there and back."""
    mechanism = Mechanism.parse(IPSEC)
    assert (mechanism.name, mechanism.preference, mechanism.get("alg")) == ("ipsec-3gpp", 0.1, "hmac-sha-1-96")
    assert (str(mechanism), mechanism.get("ealg")) == (IPSEC, None)


@pytest.mark.parametrize("text", ["", ";q=0.1", "tls q=0.1"])
def test_what_is_no_mechanism_is_refused(text: str) -> None:
    """A fault, wherever in the list it stands."""
    with pytest.raises(ParseError):
        mechanisms(["tls", text])


@pytest.mark.parametrize(("q", "liked"), [("", 0.0), (";q=1.000", 1.0), (";q=0.5", 0.5), (";q=9", 0.0), (";q=x", 0.0)])
def test_the_preference(q: str, liked: float) -> None:
    """A qvalue, or none at all."""
    assert Mechanism.parse(f"tls{q}").preference == liked


def test_order_and_case_make_no_difference() -> None:
    """What stands in a mechanism does; another value is another mechanism."""
    other = "IPSEC-3GPP;alg=HMAC-SHA-1-96;q=0.1;spi-c=93765;prot=ESP;port-s=2468"
    assert Mechanism.parse(IPSEC).same(Mechanism.parse(other))
    assert not Mechanism.parse(IPSEC).same(Mechanism.parse(other.replace("93765", "93766")))
    assert not Mechanism.parse(IPSEC).same(Mechanism.parse(IPSEC + ";mod=trans"))


@given(offers)
def test_only_the_whole_list_is_its_mirror(offer: list[Mechanism]) -> None:
    """Read again it is the same; with one more, one less or another first one it is not."""
    again = mechanisms(map(str, offer))
    assert mirrored(again, offer)
    assert not mirrored([*again, Mechanism("tls")], offer)
    if offer:
        assert not mirrored(again[1:], offer)
        assert not mirrored([Mechanism("other"), *again[1:]], offer)
