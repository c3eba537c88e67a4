import pytest
from pydantic import ValidationError

from harness.plans.elsewhere import ExternalCore, ExternalIdms, ExternalUe, ExternalValServer
from valkit.settings import Settings
from valkit.sip.hop import Hop


def test_an_address_is_all_that_a_val_server_needs() -> None:
    """It is asked by OPTIONS whether it is there, and nothing of it is looked at."""
    told = ExternalValServer.model_validate({"address": "tcp:192.0.2.31:5060"})
    assert (told.address, told.probe, told.admin) == (Hop("tcp", "192.0.2.31", 5060), "options", None)


def test_a_core_speaks_from_its_pcscf_unless_it_says_otherwise() -> None:
    """The VAL server has to know whom to trust."""
    assert ExternalCore.model_validate({"pcscf": "udp:192.0.2.21:5060"}).hosts == ("192.0.2.21",)
    told = {"pcscf": "udp:192.0.2.21:5060", "peers": ["192.0.2.23", "192.0.2.24"]}
    assert ExternalCore.model_validate(told).hosts == ("192.0.2.23", "192.0.2.24")


def test_an_identity_server_is_asked_over_https_alone() -> None:
    """And somebody has to be trusted."""
    with pytest.raises(ValidationError, match="something like https"):
        ExternalIdms.model_validate({"issuer": "http://192.0.2.3", "authorities": "ca.pem"})
    with pytest.raises(ValidationError, match="authorities"):
        ExternalIdms.model_validate({"issuer": "https://192.0.2.3"})


def test_the_verbs_of_a_phone_are_commands() -> None:
    """By the names that scenarios use."""
    told = ExternalUe.model_validate({"host": "192.0.2.11", "register": "sipp {core}", "within": "5s"})
    assert (told.register_by, told.publish_by, told.within) == ("sipp {core}", None, 5.0)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (ExternalValServer, {"address": "tcp:localhost:5070"}),
        (ExternalValServer, {"address": "tcp:192.0.2.31:5070", "hosts": ["val.example"]}),
        (ExternalCore, {"pcscf": "udp:pcscf.example:5060"}),
        (ExternalCore, {"pcscf": "udp:192.0.2.21:5060", "peers": ["scscf.example"]}),
        (ExternalUe, {"host": "phone.example"}),
    ],
)
def test_a_name_in_place_of_an_address_is_refused(part: type[Settings], told: dict[str, object]) -> None:
    """Where it stands: traces and trust go by addresses."""
    with pytest.raises(ValidationError, match="an address and no name"):
        part.model_validate(told)


def test_an_address_is_written_in_one_way() -> None:
    """As the system says where a message came from."""
    told = ExternalValServer.model_validate({"address": "tcp:[2001:db8:0::1]:5060", "hosts": ["2001:DB8::2"]})
    assert (told.address.host, told.hosts) == ("2001:db8::1", ("2001:db8::2",))
