import pytest

from valkit.sip.errors import ParseError
from valkit.sip.names import COMPACT, KNOWN, LISTS, SECRET, SPELLED, key_of


@pytest.mark.parametrize("name", ["Via", "via", "VIA", "vIa", "v", "V", "Via ", "v \t"])
def test_a_name_has_one_key(name: str) -> None:
    """Case, compact form and blanks before the colon make no difference (RFC 3261 7.3.1, 7.3.3)."""
    assert key_of(name) == "via"


def test_unknown_names_are_names_too() -> None:
    """An extension's name is its own key; `%` is no escape in it (RFC 4475 3.1.1.5)."""
    assert key_of("C%6Fntact") == "c%6fntact"


@pytest.mark.parametrize("name", ["", " ", " Via", "Vi a", "Vía", "Via:", "(Via)"])
def test_what_is_no_token_is_no_name(name: str) -> None:
    """Blanks in front, separators and other alphabets are refused."""
    with pytest.raises(ParseError, match="header name"):
        key_of(name)


def test_the_tables_agree() -> None:
    """What is known without working it out is what working it out gives, and no compact form points nowhere."""
    assert all(key_of(name) == key for name, key in KNOWN.items())
    assert set(COMPACT.values()) | LISTS | SECRET <= set(SPELLED)
    assert not LISTS & SECRET
