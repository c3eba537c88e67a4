from typing import get_args

import pytest

from sipcore_stub.hss.criteria import CriterionSettings, Method
from sipcore_stub.hss.ifc import Criterion, DefaultHandling, RegistrationType, SessionCase, Situation
from tests.sipcore_stub.parts import Phone, publish
from valkit.settings import SettingsError, read
from valkit.sip.message import METHODS


def criterion(text: str) -> Criterion:
    """Give the criterion of a short form."""
    return read(CriterionSettings, text, "core.yaml").criterion()


def faults(text: str) -> str:
    """Give what is said of a wrong one."""
    with pytest.raises(SettingsError) as error:
        read(CriterionSettings, text, "core.yaml")
    return str(error.value)


def test_a_method_an_event_and_a_server() -> None:
    """The event is the package, with whatever parameters."""
    found = criterion(
        "{method: PUBLISH, event: poc-settings, server_name: sip:127.0.0.31:5070;transport=tcp,"
        " default_handling: SESSION_TERMINATED}"
    )
    assert found.default_handling is DefaultHandling.SESSION_TERMINATED
    assert found.trigger.matches(Situation(publish(), SessionCase.ORIGINATING))
    assert found.trigger.matches(Situation(publish(Event="poc-settings;id=1")))
    assert not found.trigger.matches(Situation(publish(Event="poc-settings-2")))
    assert not found.trigger.matches(Situation(publish(Event=None)))


def test_registrations_of_some_kinds() -> None:
    """A server may hear of the beginning and the end only."""
    trigger = criterion("{method: REGISTER, registrations: [initial, gone], server_name: 'sip:127.0.0.31'}").trigger
    heard = [kind for kind in RegistrationType if trigger.matches(Situation(Phone().register(), registration=kind))]
    assert heard == [RegistrationType.INITIAL, RegistrationType.GONE]


def test_headers_and_request_uri_by_extended_regular_expressions() -> None:
    """All that is said must hold at once."""
    trigger = criterion(
        "{method: PUBLISH, server_name: 'sip:127.0.0.31', request_uri: '^sip:val@',"
        " headers: {Subject: '[[:digit:]]+$', o: null}}"
    ).trigger
    assert trigger.matches(Situation(publish(Subject="room 12")))
    assert not trigger.matches(Situation(publish(Subject="room 12b")))
    assert not trigger.matches(Situation(publish(Subject="12", Event=None)))
    assert not trigger.matches(Situation(publish()))


def test_the_ues_register_is_included_unless_the_settings_say_no() -> None:
    """The token travels in it."""
    found = criterion("{method: REGISTER, server_name: 'sip:127.0.0.31'}")
    assert found.include_register_request
    assert not found.include_register_response


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("server_name: 'sip:val.example'", "an address and no name"),
        ("server_name: 'sip:127.0.0.31:0'", "an address and no name"),
        ("server_name: 'sip:127.0.0.31', request_uri: '\\d'", "is no extended regular expression"),
        ("server_name: 'sip:127.0.0.31', headers: {'a b': x}", "something like P-Access-Network-Info"),
    ],
)
def test_what_is_wrong_is_said(more: str, said: str) -> None:
    """Names are not looked up, expressions are POSIX's, header names are names."""
    assert said in faults(f"{{method: REGISTER, {more}}}")


def test_a_method_that_there_is_not_is_refused() -> None:
    """Its criterion would never be met, and nobody would say why no server hears of anything."""
    said = faults("{method: REGSTER, server_name: 'sip:127.0.0.31'}")
    assert "is 'REGSTER'" in said
    assert "did you mean REGISTER?" in said


def test_methods_are_those_that_the_parser_knows() -> None:
    """IANA's table stands in the kit once for the wire, and here as a type."""
    assert set(get_args(Method)) == METHODS
