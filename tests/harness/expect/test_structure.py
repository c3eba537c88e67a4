from json import dumps
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from harness.expect.structure import JsonPath, JsonValue, differing, found_in, name_of
from harness.seen.disclosure import Hidden, document_in

ANY = TypeAdapter(JsonValue)
DOCUMENT = {
    "active": True,
    "expires_in": 300,
    "exp": "300",
    "act": {"sub": "alice", "nothing": None},
    "keys": [{"kty": "EC"}, {"kty": "RSA", "alg": "RS256"}],
    "scope": ["a", "b"],
    "empty": [],
    "a.b": {"c": Hidden("secret")},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("act.sub", ("alice",)),
        ("$.act.sub", ("alice",)),
        ("act['sub']", ("alice",)),
        ("keys[1].kty", ("RSA",)),
        ("keys[*].kty", ("EC", "RSA")),
        ("keys[*].alg", ("RS256",)),
        ("$['keys'][0]", ({"kty": "EC"},)),
        ("keys[2]", ()),
        ("scope.sub", ()),
        ("act[0]", ()),
        ("empty[*]", ()),
        ("act.nothing", (None,)),
        ("['a.b'].c", (Hidden("secret"),)),
    ],
)
def test_a_path_leads_to_what_stands_there(path: str, found: tuple[object, ...]) -> None:
    """Members, items, and each of them."""
    assert found_in(DOCUMENT, TypeAdapter(JsonPath).validate_python(path)) == found


@pytest.mark.parametrize("path", ["", "$", ".a", "a..b", "a[", "a[x]", "a[-1]", "a[0]c", "a.", "${captured.x}.a"])
def test_what_is_no_path_is_refused(path: str) -> None:
    """When it is read."""
    with pytest.raises(ValidationError):
        TypeAdapter(JsonPath).validate_python(path)


@pytest.mark.parametrize(
    ("path", "right", "wrong"),
    [
        ("expires_in", [300, 300.0, {"equals": 300}, {"type": "number"}], ["300", True, 301, {"matches": "300"}]),
        ("exp", ["300", {"matches": "[0-9]+"}, {"type": "text"}], [300, {"type": "number"}]),
        ("active", [True, {"type": "boolean"}], ["true", "True", 1, False]),
        ("act.nothing", [{"present": "yes"}, {"type": "null"}], [{"present": "no"}, "null"]),
        ("act.missing", [{"present": "no"}], [{"present": "yes"}, {"type": "null"}, "x"]),
        ("scope", ["a", ["b", "a"], {"type": "list"}], ["c", ["a"], {"type": "text"}]),
        ("keys[*].kty", ["EC", ["RSA", "EC"]], ["OKP", ["EC"]]),
        ("act", [{"type": "object"}, {"present": "yes"}], ["alice", ["alice"]]),
        ("['a.b'].c", ["secret", {"type": "text"}], ["(hidden)"]),
        ("['a.b']", [{"type": "object"}], [["secret"]]),
    ],
)
def test_a_value_is_what_it_is_to_be_or_not(path: str, right: list[object], wrong: list[object]) -> None:
    """Text, numbers and truth values apart."""
    for written in right:
        assert differing(path, ANY.validate_python(written), DOCUMENT) is None, written
    for written in wrong:
        assert differing(path, ANY.validate_python(written), DOCUMENT) is not None, written


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("expires_in", "expires_in: 300"),
        ("exp", 'exp: "300"'),
        ("act.missing", "no act.missing"),
        ("['a.b'].c", "['a.b'].c: \"(hidden)\""),
        ("['a.b']", '[\'a.b\']: {"c": "(hidden)"}'),
    ],
)
def test_a_difference_is_told_as_json(path: str, told: str) -> None:
    """So that 300 and "300" look different; what is hidden stays so."""
    difference = differing(path, ANY.validate_python("x"), DOCUMENT)
    assert difference is not None
    assert difference.told(str) == told
    kind = differing("exp", ANY.validate_python({"type": "number"}), DOCUMENT)
    assert kind is not None
    assert kind.told(str) == 'exp: "300" (a text)'


@pytest.mark.parametrize("written", [None, {"equals": [1]}, {"type": "int"}, {"equals": 1, "present": "yes"}, []])
def test_what_asks_for_nothing_is_refused(written: object) -> None:
    """So is what no value of JSON is."""
    with pytest.raises(ValidationError):
        ANY.validate_python(written)


def test_it_is_said_in_words() -> None:
    """For what was wanted, in a failure."""
    said: list[tuple[Any, str]] = [
        (300, "with a: 300"),
        ("300", 'with a: "300"'),
        (False, "with a: false"),
        (["x", 1], 'with a: ["x", 1]'),
        ({"type": "list"}, "with a a list"),
        ({"matches": "x+"}, "with a matching x+"),
        ({"present": "no"}, "without a"),
    ]
    for written, words in said:
        assert ANY.validate_python(written).of("a") == words


def test_what_is_not_known_to_be_harmless_is_never_written() -> None:
    """In whatever it stands; it can be asked for all the same."""
    body = {"error": "x", "pin": 1234, "deep": [{"own": "s3cr3t"}], "access_token": "e.y.J", "active": True}
    document = document_in(lambda _: "application/json", dumps(body).encode())
    assert document["error"] == "x"
    assert document["active"] is True
    for secret in ("1234", "s3cr3t", "e.y.J"):
        assert secret not in repr(document)
    for path, value in (("pin", 1234), ("deep[0].own", "s3cr3t"), ("access_token", "e.y.J")):
        assert differing(path, ANY.validate_python(value), document) is None
    assert document_in(lambda _: "application/json", b"[" * 100_000) is None
    assert document_in(lambda _: "text/plain", b"{}") is None


def test_the_last_member_of_a_path_is_its_name() -> None:
    """By which a slip in it is known."""
    assert [name_of(path) for path in ("a.b", "a[0]", "$['c d'][*]", "[0]")] == ["b", "a", "c d", ""]
