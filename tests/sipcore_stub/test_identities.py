from sipcore_stub.identities import impi_of, impu_of
from tests.sipcore_stub.parts import IMPI, IMPU, Phone


def test_the_impu_is_to_in_canonical_spelling() -> None:
    """Parameters, escapes and capitals of the host make no other user (RFC 3261 10.3)."""
    request = Phone().register(To="Alice <sip:%61lice@HOME.example;transport=tcp>")
    assert impu_of(request) == IMPU


def test_the_impi_is_the_username() -> None:
    """Credentials say who the UE is."""
    assert impi_of(Phone(impi="card7@home.example").register()) == "card7@home.example"


def test_without_credentials_the_impu_spells_the_impi() -> None:
    """The scheme taken off is the private identity (TS 24.229 5.3.1.2)."""
    assert impi_of(Phone().register(Authorization=None)) == IMPI


def test_credentials_of_another_scheme_name_nobody() -> None:
    """A Bearer token is no claim to an IMPI."""
    assert impi_of(Phone().register(Authorization="Bearer abc")) == IMPI
