import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.errors import ParseError
from valkit.sip.grammar import NO_PARAMS, Params, is_token, quote, split_list, unquote

tokens = st.from_regex(r"[A-Za-z0-9\-.!%*_+`'~]+", fullmatch=True)
texts = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]))


@given(texts)
def test_quoting_is_undone_by_unquoting(text: str) -> None:
    """Any characters survive a quoted-string, and it is one value of a list."""
    assert unquote(quote(text)) == text
    assert split_list(f"{quote(text)}, b") == (quote(text), "b")


def test_what_has_no_quotes_is_left_alone() -> None:
    """A backslash is an escape within quotes only."""
    assert unquote("a\\b") == "a\\b"
    assert unquote('"a\\"b\\\\"') == 'a"b\\'


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", ()),
        ("a", ("a",)),
        ("a,b , c", ("a", "b", "c")),
        ('"a,b" <sip:x>, c', ('"a,b" <sip:x>', "c")),
        ("<sip:a,b@c>;p=1,<sip:d>", ("<sip:a,b@c>;p=1", "<sip:d>")),
        (r'"a\",b",c', (r'"a\",b"', "c")),
        ('qop="auth,auth-int",x', ('qop="auth,auth-int"', "x")),
        ("a,,b,", ("a", "", "b", "")),
        ('a,"b,c', ("a", '"b,c')),
        ("a,<b,c", ("a", "<b,c")),
        ('a,"b,\\', ("a", '"b,\\')),
    ],
)
def test_lists_are_cut_at_their_own_commas(text: str, values: tuple[str, ...]) -> None:
    """Commas within quotes and angle brackets are no separators; an unclosed one swallows the rest."""
    assert split_list(text) == values


@given(st.lists(st.one_of(tokens, texts.map(quote), tokens.map("<sip:{},x>".format)), min_size=1))
def test_joined_values_come_apart_again(values: list[str]) -> None:
    """Joining with commas is undone by splitting."""
    assert split_list(", ".join(values)) == tuple(values)


def test_parameters_are_kept_as_written() -> None:
    """Names find their values in any case; quotes, escapes and order stay for `str()`."""
    text = ';Tag=aB;lr;+sip.instance="<urn:uuid:0\\"1>";+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service"'
    params = Params.parse(text)
    assert str(params) == text
    assert list(params) == ["Tag", "lr", "+sip.instance", "+g.3gpp.icsi-ref"]
    assert [params.get("tag"), params.get("LR"), params.get("none")] == ["aB", "", None]
    assert params.get("+sip.instance") == '<urn:uuid:0"1>'
    assert params.raw("+G.3GPP.ICSI-REF") == '"urn%3Aurn-7%3A3gpp-service"'
    assert "lr" in params
    assert "none" not in params
    assert len(params) == 4


def test_blanks_around_separators_mean_nothing() -> None:
    """LWS is allowed around semicolons and equal signs (RFC 3261 25.1, SEMI and EQUAL)."""
    assert Params.parse(' ; a = b ; c\t;d= "e f" ') == Params((("a", "b"), ("c", ""), ("d", '"e f"')))


@pytest.mark.parametrize(
    "text", [";", ";;a", ";a=", ";a b", "a=b", ';a="', ';a="b"c', ";a=b,c", ";=b", ";a;A=1", ";ä=1"]
)
def test_other_parameters_are_refused(text: str) -> None:
    """Empty parameters, open quotes, stray characters, a name that comes twice."""
    with pytest.raises(ParseError, match="parameters"):
        Params.parse(text)


@pytest.mark.parametrize("text", ["", "a", "a=1,", "a=1;b=2", "a=1,,b=2", 'a="1', "a=1, A=2"])
def test_other_authentication_parameters_are_refused(text: str) -> None:
    """There every parameter has a value, and commas stand between."""
    with pytest.raises(ParseError, match="parameters"):
        Params.parse_auth(text)


@given(st.lists(st.tuples(tokens, st.one_of(st.none(), texts)), unique_by=lambda pair: pair[0].lower()))
def test_built_parameters_are_read_back(values: list[tuple[str, str | None]]) -> None:
    """Whatever characters a value has, `get` gives them after building, writing and reading."""
    params = Params.parse(str(Params.of(values)))
    assert [(name, params.get(name)) for name, _ in values] == [(name, value or "") for name, value in values]


def test_a_parameter_is_replaced_where_it_stands() -> None:
    """Copies with and without a parameter leave the others and the original alone."""
    params = Params.parse(";a=1;B=2;c")
    assert str(params.having("b", "x y")) == ';a=1;b="x y";c'
    assert str(params.having("d")) == ";a=1;B=2;c;d"
    assert str(params.without("b")) == ";a=1;c"
    assert str(params) == ";a=1;B=2;c"
    assert Params.parse("") is NO_PARAMS


def test_a_token_is_ascii() -> None:
    """Letters of other alphabets, separators and the empty text are no tokens."""
    assert is_token("aZ09-.!%*_+`'~")
    assert not any(map(is_token, ["", "a b", "ä", "a:b", "a@b", "\u0663"]))


@pytest.mark.parametrize("text", ['"' + '\\"' * 30_000 + "\\", "<" * 60_000 + ",", ";a" * 30_000, ";a=" + '"' * 60_000])
def test_hostile_texts_are_read_in_one_pass(text: str) -> None:
    """What a peer sends to keep us busy, open quotes and brackets by the thousand, is refused without going back.

    With an expression that goes back this test does not fail, it does not end.
    """
    assert split_list(text + ",x")
    with pytest.raises(ParseError):
        Params.parse(text)
