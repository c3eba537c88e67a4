from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from attrs import evolve

from seal.xcap.errors import Conflicting
from seal.xcap.usage import LARGEST
from tests.seal.xcap.lists import LISTS, SELECTOR, TWO
from valkit.documents import NoSuchDocument
from valkit.xcap import Condition


def refused(text: bytes) -> Conflicting:
    """Say why a document is refused."""
    with pytest.raises(Conflicting) as raised:
        LISTS.checked(SELECTOR, text)
    return raised.value


def test_a_document_that_follows_the_rules_is_known_by_the_names_in_it() -> None:
    """So it is found again."""
    assert LISTS.checked(SELECTOR, TWO) == {"a", "b"}


def test_a_schema_violation_names_its_line() -> None:
    """And what was expected."""
    error = refused(b'<list xmlns="urn:test:list">\n<entry/></list>')
    assert error.condition is Condition.SCHEMA
    assert error.phrase.startswith("line 2: ")
    assert "'uri' is required" in error.phrase


def test_rules_beside_the_schema() -> None:
    """A document that is too long, or breaks a constraint of its usage."""
    many = b'<list xmlns="urn:test:list">' + b'<entry uri="a"/>' * 4 + b"</list>"
    assert str(refused(many)) == "a list has three entries at most"
    assert refused(b"<list xmlns='urn:test:list'>" + b" " * LARGEST + b"</list>").condition is Condition.CONSTRAINT


def test_elements_of_unknown_namespaces_may_stand_where_the_schema_allows_them() -> None:
    """RFC 4825 8.2.5."""
    LISTS.checked(SELECTOR, b'<list xmlns="urn:test:list"><entry uri="a"><b xmlns="urn:b"/></entry></list>')
    refused(b'<list xmlns="urn:test:list"><b xmlns="urn:b"/></list>')


def test_threads_do_not_mix_up_their_complaints() -> None:
    """Each is told what is wrong with its own document."""
    wrong = [f'<list xmlns="urn:test:list"><e{number}/></list>'.encode() for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        phrases = list(pool.map(lambda text: refused(text).phrase, wrong))
    assert all(f"}}e{number}'" in phrase for number, phrase in enumerate(phrases))


@pytest.mark.parametrize(
    "text",
    [
        b'<?xml version="2.0"?><list xmlns="urn:test:list"/>',
        b'<list xmlns="urn:test:list" xmlns:o="a b"/>',
        b'<list xmlns="urn:test:list" xml:id="1 2"/>',
        b'<list xmlns="urn:test:list" xml:id="a"><entry uri="a" xml:id="a"/></list>',
    ],
)
def test_what_only_the_schema_parser_cannot_read_is_not_well_formed(text: bytes) -> None:
    """There is more to namespaces and xml:id than expat looks at (RFC 4825 11.2)."""
    assert refused(text).condition is Condition.NOT_WELL_FORMED


def test_what_its_reader_does_not_take_is_not_well_formed() -> None:
    """Whichever of the two rules of a usage finds it out."""

    def reads(*_: object) -> Any:
        raise NoSuchDocument("it has a document type")

    for usage in (evolve(LISTS, constrain=reads), evolve(LISTS, names=reads)):
        with pytest.raises(Conflicting, match="it has a document type") as raised:
            usage.checked(SELECTOR, TWO)
        assert raised.value.condition is Condition.NOT_WELL_FORMED
