import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from seal.xcap.conditions import etag_of
from seal.xcap.errors import Conflicting, Refused
from seal.xcap.handling import Answer, Request, decide, read
from tests.seal.xcap.documents import NAMESPACES
from tests.seal.xcap.lists import EMPTY, LISTS, MEDIA_TYPE, ONE, PATH, SELECTOR, TWO, request
from valkit.xcap import ATTRIBUTE, BINDINGS, ELEMENT, Condition, NothingThere, read_uri


def status(asked: Request, kept: bytes | None) -> int:
    """Say how it is answered."""
    try:
        if asked.method in {"GET", "HEAD"}:
            return read(asked, LISTS, kept).status
        return decide(asked, LISTS, kept).answer.status
    except Conflicting:
        return 409
    except Refused as error:
        return error.status
    except NothingThere:
        return 404


def test_a_document_is_given_as_it_was_put() -> None:
    """With its type and its tag; caches ask again (RFC 4825 8.3, 9)."""
    answer = read(request("GET"), LISTS, ONE)
    headers = {"ETag": etag_of(ONE), "Cache-Control": "private, no-cache", "Content-Type": MEDIA_TYPE}
    assert answer == Answer(200, headers, ONE)


@pytest.mark.parametrize(
    ("node", "media_type", "body"),
    [
        ("list/entry%5B2%5D", ELEMENT, b'<entry uri="b"/>'),
        ("list/entry%5B2%5D/@uri", ATTRIBUTE, b'"b"'),
        ("list/namespace::*", BINDINGS, b'<list xmlns="urn:test:list"/>'),
    ],
)
def test_a_part_is_a_slice_of_the_document(node: str, media_type: str, body: bytes) -> None:
    """No binding is added to it, and the tag is the document's (RFC 4825 8.3)."""
    answer = read(request("GET", node), LISTS, TWO)
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["ETag"] == etag_of(TWO)


def test_bindings_are_written_as_in_the_rfc() -> None:
    """RFC 4825 10, its example."""
    query = "xmlns(df=urn:test:default-namespace)xmlns(df2=urn:test:namespace1-uri)"
    uri = read_uri(f"{PATH}/~~/df:foo/df2:bar/df2:baz/namespace::*?{query}", "")
    body = read(Request("GET", uri), LISTS, NAMESPACES).body
    assert body == b'<baz xmlns="urn:test:namespace1-uri" xmlns:ns1="urn:test:namespace1-uri"/>'


@pytest.mark.parametrize(
    ("asked", "kept", "expected"),
    [
        (request("GET"), None, 404),
        (request("GET", "list/entry"), None, 404),
        (request("GET", "list/entry"), TWO, 404),
        (request("GET", "list/a[last()]"), TWO, 404),
        (request("GET", if_none_match=etag_of(ONE)), ONE, 304),
        (request("GET", "list/entry", if_none_match=etag_of(ONE)), ONE, 304),
        (request("GET", "list/none", if_none_match=etag_of(ONE)), ONE, 404),
        (request("GET", if_none_match='"other"'), ONE, 200),
        (request("GET", if_match='"other"'), ONE, 412),
        (request("HEAD", "list/entry", if_match='"other"', if_none_match=etag_of(ONE)), ONE, 412),
        (request("GET", if_match=etag_of(ONE)), ONE, 200),
        (request("GET", "list/none", if_match='"other"'), ONE, 404),
        (request("PUT", body=ONE), None, 201),
        (request("PUT", body=TWO), ONE, 200),
        (request("PUT", body=b"\xef\xbb\xbf" + ONE), None, 201),
        (request("PUT", body=ONE, kind="application/xml"), None, 415),
        (request("PUT", "list/entry", b"<entry/>", kind=MEDIA_TYPE), ONE, 415),
        (request("PUT", "list/entry/@uri", b'"a"', kind=ELEMENT), ONE, 415),
        (request("PUT", "list/namespace::*", b"<a/>"), ONE, 405),
        (request("DELETE", "list/namespace::*"), ONE, 405),
        (request("PUT", body=TWO, if_match=etag_of(TWO)), ONE, 412),
        (request("PUT", body=TWO, if_match=etag_of(ONE)), ONE, 200),
        (request("PUT", body=TWO, if_none_match="*"), ONE, 412),
        (request("PUT", body=TWO, if_none_match="*"), None, 201),
        (request("PUT", 'list/entry%5B@uri="b"%5D', b'<entry uri="b"/>', if_none_match="*"), ONE, 412),
        (request("PUT", 'list/entry%5B@uri="b"%5D', b'<entry uri="b"/>'), ONE, 201),
        (request("PUT", 'list/entry%5B@uri="a"%5D', b'<entry uri="a" name="A"/>'), ONE, 200),
        (request("PUT", "list/entry/@name", b'"A"'), ONE, 201),
        (request("DELETE"), ONE, 200),
        (request("DELETE"), None, 404),
        (request("DELETE", if_match='"other"'), ONE, 412),
        (request("DELETE", "list/entry"), ONE, 200),
        (request("DELETE", "list/entry"), EMPTY, 404),
        (request("DELETE", "list/entry", if_match='"other"'), EMPTY, 404),
        (request("DELETE", "list/entry", if_match='"other"'), ONE, 412),
    ],
)
def test_status_of_each_request(asked: Request, kept: bytes | None, expected: int) -> None:
    """RFC 4825 8, RFC 9110 13."""
    assert status(asked, kept) == expected


@pytest.mark.parametrize(
    ("asked", "kept", "condition"),
    [
        (request("PUT", body=b"<list"), None, Condition.NOT_WELL_FORMED),
        (request("PUT", body=b"<list>\xff</list>"), None, Condition.NOT_UTF8),
        (request("PUT", body=b"<list/>"), None, Condition.SCHEMA),
        (request("PUT", "list/entry", b"<entry/>"), None, Condition.NO_PARENT),
        (request("PUT", "list/none/entry", b"<entry/>"), ONE, Condition.NO_PARENT),
        (request("PUT", "list/other", b"<other/>"), ONE, Condition.SCHEMA),
        (request("DELETE", "list/entry/@uri"), ONE, Condition.SCHEMA),
        (request("DELETE", "list/entry%5B1%5D"), TWO, Condition.CANNOT_DELETE),
    ],
)
def test_conflicts_have_their_condition(asked: Request, kept: bytes | None, condition: Condition) -> None:
    """Each 409 says which; nothing changes."""
    with pytest.raises(Conflicting) as raised:
        decide(asked, LISTS, kept)
    assert raised.value.condition is condition


def test_what_can_only_be_read_says_so() -> None:
    """With the methods that there are (RFC 4825 8.2)."""
    with pytest.raises(Refused) as raised:
        decide(request("PUT", "list/namespace::*", b"<a/>"), LISTS, ONE)
    assert raised.value.allow == ("GET", "HEAD")


def test_an_answer_to_a_change_has_the_new_tag() -> None:
    """Unless there is nothing left that could have one (RFC 4825 8.5)."""
    put = decide(request("PUT", body=TWO), LISTS, ONE)
    assert (put.answer, put.text, put.names) == (Answer(200, {"ETag": etag_of(TWO)}), TWO, frozenset("ab"))
    rest = decide(request("DELETE", "list/entry"), LISTS, ONE)
    assert (rest.answer, rest.text) == (Answer(200, {"ETag": etag_of(EMPTY)}), EMPTY)
    gone = decide(request("DELETE"), LISTS, ONE)
    assert (gone.answer, gone.text) == (Answer(200), None)


URIS = st.sampled_from(["a", "b", "c", "d"])


class Lists(RuleBasedStateMachine):
    """Whatever is asked of a list in whatever order: it is what a plain set of names would be."""

    def __init__(self) -> None:
        super().__init__()
        self.text: bytes | None = None
        self.model: set[str] | None = None

    def ask(self, asked: Request) -> int:
        """Carry it out."""
        try:
            decision = decide(asked, LISTS, self.text)
        except Conflicting:
            return 409
        except Refused as error:
            return error.status
        self.text = decision.text
        return decision.answer.status

    @rule()
    def put_document(self) -> None:
        """Begin anew."""
        expected = 201 if self.model is None else 200
        assert self.ask(request("PUT", body=EMPTY)) == expected
        self.model = set()

    @rule(uri=URIS, name=st.sampled_from(["", ' name="x"']))
    def put_entry(self, uri: str, name: str) -> None:
        """Add an entry, or put it in its own place."""
        body = f'<entry uri="{uri}"{name}/>'.encode()
        answered = self.ask(request("PUT", f'list/entry%5B@uri="{uri}"%5D', body))
        if self.model is None or (uri not in self.model and len(self.model) == 3):
            assert answered == 409
            return
        assert answered == (200 if uri in self.model else 201)
        self.model.add(uri)

    @rule(uri=URIS)
    def delete_entry(self, uri: str) -> None:
        """Take one out."""
        answered = self.ask(request("DELETE", f'list/entry%5B@uri="{uri}"%5D'))
        assert answered == (200 if self.model is not None and uri in self.model else 404)
        if self.model is not None:
            self.model.discard(uri)

    @rule()
    def delete_document(self) -> None:
        """End it."""
        assert self.ask(request("DELETE")) == (404 if self.model is None else 200)
        self.model = None

    @rule(uri=URIS)
    def read_entry(self, uri: str) -> None:
        """Find those that are there."""
        there = self.model is not None and uri in self.model
        assert status(request("GET", f'list/entry%5B@uri="{uri}"%5D/@uri'), self.text) == (200 if there else 404)

    @rule()
    def names(self) -> None:
        """Know who is named."""
        if self.text is not None:
            assert set(LISTS.checked(SELECTOR, self.text)) == self.model


TestLists = Lists.TestCase
