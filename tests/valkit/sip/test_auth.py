import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.sip.auth import AuthenticationInfo, Challenge, Credentials
from valkit.sip.errors import ParseError

names = st.from_regex(r"[a-z][a-z\-]{0,9}", fullmatch=True)
texts = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]))


def test_a_challenge_is_quoted_as_digest_wants_it() -> None:
    """All parameters are quoted but algorithm and stale (RFC 3261 25.1)."""
    values = {"realm": 'ho"me', "nonce": "a=b", "algorithm": "AKAv1-MD5", "qop": "auth,auth-int", "stale": "true"}
    challenge = Challenge.build("Digest", values)
    assert str(challenge) == (
        'Digest realm="ho\\"me", nonce="a=b", algorithm=AKAv1-MD5, qop="auth,auth-int", stale=true'
    )
    assert Challenge.parse(str(challenge)) == challenge
    assert {name: challenge.get(name) for name in values} == values


def test_credentials_leave_qop_and_nc_bare() -> None:
    """In Authorization qop and nc are no quoted strings (RFC 3261 25.1, RFC 7616 3.4)."""
    values = {"username": "a@h", "uri": "sip:h", "qop": "auth", "nc": "00000001", "algorithm": "MD5", "response": "0a"}
    credentials = Credentials.build("Digest", values)
    assert str(credentials) == (
        'Digest username="a@h", uri="sip:h", qop=auth, nc=00000001, algorithm=MD5, response="0a"'
    )


def test_authentication_info_leaves_qop_and_nc_bare() -> None:
    """It has no scheme, otherwise the same quoting (RFC 7616 3.5)."""
    info = AuthenticationInfo.build({"rspauth": "0a", "qop": "auth", "nc": "00000001", "cnonce": "x", "nextnonce": "n"})
    assert str(info) == 'rspauth="0a", qop=auth, nc=00000001, cnonce="x", nextnonce="n"'
    assert AuthenticationInfo.parse(str(info)) == info
    assert (info.get("rspauth"), info.get("none")) == ("0a", None)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ('Digest qop="auth,auth-int",realm = "x"', "QOP", "auth,auth-int"),
        ('Digest\trealm="a\\"b"', "realm", 'a"b'),
        ("NoOneKnowsThisScheme opaque-data=here", "opaque-data", "here"),
        ('Digest nonce="",response=""', "response", ""),
        ("Digest nonce=abc==,x=1", "nonce", "abc=="),
    ],
)
def test_parameters_are_found(text: str, name: str, value: str) -> None:
    """Commas in quotes are no separators, blanks around them mean nothing, schemes need not be known."""
    assert Credentials.parse(text).get(name) == value


@pytest.mark.parametrize("text", ["Bearer abc.DEF-_~+/==", "Negotiate", "Basic dTpw"])
def test_a_scheme_may_have_one_token(text: str) -> None:
    """Bearer and Basic carry one token, some schemes nothing (RFC 9110 11.4, RFC 8898)."""
    credentials = Credentials.parse(text)
    assert str(credentials) == text
    assert credentials.token68 == (text.partition(" ")[2] or None)
    assert credentials.get("realm") is None


@pytest.mark.parametrize(
    "text", ["", " Digest", "Digest,", "Digest realm,", 'Digest realm="x', 'Digest a="1" b="2"', "Digest a=1,A=2"]
)
def test_others_are_refused_without_showing_them(text: str) -> None:
    """Open quotes, missing commas, names that come twice; the error never quotes what may be a key."""
    with pytest.raises(ParseError) as caught:
        Credentials.parse(text)
    assert (caught.value.what, caught.value.text) == ("credentials", "")


def test_no_secret_is_shown() -> None:
    """CK and IK of a challenge and a Bearer token are in no representation (TS 33.203 6.3)."""
    challenge = Challenge.build("Digest", {"realm": "h", "ck": "00112233", "ik": "44556677"})
    assert "0011" not in repr(challenge)
    assert "4455" not in repr(challenge)
    assert "abc" not in repr(Credentials.parse("Bearer abc"))
    assert "abc" not in repr(AuthenticationInfo.build({"nextnonce": "abc"}))


@given(st.dictionaries(names.filter(lambda name: name not in {"qop", "nc", "algorithm"}), texts, min_size=1))
def test_built_credentials_are_read_back(values: dict[str, str]) -> None:
    """Whatever characters the values have, they survive."""
    credentials = Credentials.parse(str(Credentials.build("Digest", values)))
    assert {name: credentials.get(name) for name in values} == values


@given(st.text())
def test_any_text_is_credentials_or_a_parse_error(text: str) -> None:
    """No text makes anything else happen."""
    try:
        Credentials.parse("Digest " + text)
        AuthenticationInfo.parse(text)
    except ParseError:
        return
