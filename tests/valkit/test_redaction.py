"""valkit.redaction: no secret that goes in comes out, and nothing else is lost."""

import re
from collections.abc import Callable
from json import dumps

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.valkit.carriers.support import enclosing, mixed, register
from tests.valkit.tokens.support import EC, RSA, claims, header, segment, token
from valkit import redaction
from valkit.carriers import mcptt_info, val_info
from valkit.redaction import masked, redact, rendered

TOKEN = token()
HEX = "00112233445566778899aabbccddeeff"

opaque = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=12, max_size=40)
proof = st.binary(min_size=16, max_size=16).map(bytes.hex)
quoted = st.text(min_size=8, max_size=20, alphabet=st.characters(codec="utf-8", exclude_characters='"\\\r\n('))

WAYS: dict[str, tuple[st.SearchStrategy[str], Callable[[str], str]]] = {
    "bearer": (opaque, lambda secret: f"Authorization: Bearer {secret}\r\nX: y"),
    "basic": (opaque, lambda secret: f"authorization: basic {secret}=="),
    "digest response": (proof, lambda secret: f'Authorization: Digest username="a", response="{secret}", nc=00000001'),
    "unquoted response": (proof, lambda secret: f"Digest response={secret}, qop=auth"),
    "any quoted response": (quoted, lambda secret: f'Digest username="a",response="{secret}"'),
    "ck and ik": (proof, lambda secret: f'WWW-Authenticate: Digest realm="h", ik="{secret}", ck="{secret}"'),
    "rspauth": (proof, lambda secret: f'Authentication-Info: rspauth="{secret}"'),
    "auts": (opaque, lambda secret: f'Digest username="a", auts="{secret}"'),
    "key in settings": (proof, lambda secret: f"alice:\n  k: {secret}\n  opc: {secret.upper()}\n"),
    "keys of TUAK": (proof, lambda secret: f"  top: {secret}\n  topc: '{secret}{secret}'\n"),
    "password of SIP Digest": (opaque, lambda secret: f"sip_password: {secret}\nuser: a"),
    "key in a mapping": (proof, lambda secret: f"{{impi: a, op: '{secret}', amf: 8000}}"),
    "key in JSON": (proof, lambda secret: f'{{"k": "{secret}", "xres":"{secret}"}}'),
    "password in a form": (opaque, lambda secret: f"username=a&password={secret}&x=1"),
    "password in JSON": (quoted, lambda secret: f'{{"user": "a", "password": "{secret}"}}'),
    "password in settings": (opaque, lambda secret: f"password: {secret}\nuser: a"),
    "password in quotes": (opaque, lambda secret: f"password: 'x y {secret}'\n"),
    "password in a URI": (opaque, lambda secret: f"<sip:alice:{secret}@home.example>"),
    "password with colons in a URI": (opaque, lambda secret: f"sip:sip:alice:{secret}:{secret}@home.example"),
    "password in a URL": (opaque, lambda secret: f"https://alice:{secret}@home.example/"),
    "refresh token": (opaque, lambda secret: f"grant_type=refresh_token&refresh_token={secret}"),
    "token response": (opaque, lambda secret: f'{{"access_token":"{secret}","refresh_token": "{secret}"}}'),
    "code": (opaque, lambda secret: f"Location: https://ue/cb?code={secret}&state=xyz"),
    "private JWK": (opaque, lambda secret: f'{{"kty":"EC","crv":"P-256","d":"{secret}"}}'),
    "opaque token in val-info": (opaque, lambda secret: val_info(secret)[1].decode()),
    "opaque token in mcptt-info": (opaque, lambda secret: mcptt_info(secret)[1].decode()),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_comes_out(way: str) -> None:
    """Wherever secrets stand in what we show, whatever stands around them."""
    secrets, place = WAYS[way]

    @settings(max_examples=40)
    @given(secrets, st.text(max_size=7), st.text(max_size=7))
    def check(secret: str, before: str, after: str) -> None:
        shown = redact(f"{before}\n{place(secret)}\n{after}")
        assert secret not in shown
        assert "(hidden)" in shown

    check()


@given(
    st.dictionaries(st.text(min_size=1), st.text(), min_size=1),
    st.binary(max_size=40),
    st.binary(min_size=32, max_size=64),
    st.text(max_size=8),
)
def test_no_token_comes_out(head: dict[str, str], payload: bytes, signature: bytes, around: str) -> None:
    """Neither its header, payload or signature, whatever is in them and around them."""
    segments = [segment(dumps(head).encode()), segment(payload), segment(signature)]
    shown = redact(f"{around}{'.'.join(segments)}{around}")
    assert all(part not in shown for part in segments if len(part) > 8 and part not in around * 2)


@pytest.mark.parametrize("length", [20, 60, 150, len(TOKEN) - 5])
def test_a_token_that_was_cut_short_does_not_come_out(length: int) -> None:
    """Half a token is what a log line of bounded length shows."""
    assert "eyJ" not in redact(f"got {TOKEN[:length]}")
    assert TOKEN[20:60] not in redact(f"got {TOKEN[:length]}")


@pytest.mark.parametrize(
    "divided",
    [
        "<access-token><mcpttString>{0}.{1}.<!-- x -->{2}</mcpttString></access-token>",
        "<access-token>{0}<!---->.{1}<!-- > -->.{2}</access-token>",
        "?token={0}%2E{1}%2e{2}&x",
    ],
)
def test_a_token_in_disguise_does_not_come_out(divided: str) -> None:
    """Neither behind a comment of XML nor behind dots that are percent-encoded."""
    segments = TOKEN.split(".")
    shown = redact(divided.format(*segments))
    assert not any(part in shown for part in segments)


def test_a_token_is_told_by_its_user_and_its_jti() -> None:
    """So that a reader knows which one it was."""
    assert redact(f"Authorization: Bearer {TOKEN}") == "Authorization: Bearer (token sub=alice jti=0123)"


@pytest.mark.parametrize("sub", [7, "", "x" * 65, "two words", "a\r\nb", "eyJhbGciOiJub25lIn0.e30.", "k=" + HEX])
def test_a_token_is_not_told_by_what_could_be_a_secret_or_a_flood(sub: object) -> None:
    """Only short and plain values are shown."""
    assert redact(token(payload=claims(sub=sub, jti=sub))) == "(token)"


def test_a_token_that_cannot_be_read_is_hidden_all_the_same() -> None:
    """Broken ones are what a test harness sends."""
    assert redact(f"{segment(header())}.broken.x") == "(token hidden)"
    assert redact(f"{segment(header())}.a.b.c.d") == "(token hidden)"


@pytest.mark.parametrize("pem", [EC.pem(), RSA.pem(), EC.pem()[:-40]])
def test_no_private_key_comes_out(pem: str) -> None:
    """Nor half of one."""
    assert not set(pem.splitlines()[1:-1]) & set(redact(f"x\n{pem}\ny").splitlines())


def test_a_message_is_rendered_without_its_secrets() -> None:
    """Header by header and part by part, with the line breaks people use."""
    headers = [("Authorization", f'Digest username="alice@home.example", uri="sip:h", response="{HEX}"')]
    text = rendered(enclosing(register(mixed(val_info(TOKEN, "urn:uuid:1")), headers)))
    assert TOKEN not in text
    assert HEX not in text
    assert "\r" not in text
    assert 'username="alice@home.example", uri="sip:h", response="(hidden)"' in text
    assert "<val-access-token>(token sub=alice jti=0123)</val-access-token>" in text


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    """A binary body does not stop a report."""
    assert r"\xff\xfe" in rendered(register(("application/octet-stream", b"\xff\xfe")))


@pytest.mark.parametrize(
    "text",
    [
        "k: path, gruu",
        "Supported: path",
        'WWW-Authenticate: Digest realm="home.example", nonce="AAECAw==", algorithm=AKAv1-MD5, qop="auth"',
        "the response is 200, expected response = 403",
        "To: <sip:alice@home.example>;tag=abc",
        "Contact: <sip:127.0.0.11:5060;transport=tcp>;expires=600000",
        "impi: alice@home.example",
        "code: 200",
        '{"keys": [{"kty": "EC", "kid": "x", "x": "f83OJ3D2", "y": "x_FEzRu9"}]}',
        "password reset: no",
        "eyewitness.example.com",
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """A report that hides everything shows nothing."""
    assert redact(text) == text


@pytest.mark.parametrize(
    "bait",
    ["sip:", "//a:", "-----BEGIN PRIVATE KEY", '"k" ', "Bearer \t", "response =", "access-token><a ", "eyJ.", "code="],
)
def test_a_peers_long_text_comes_back(bait: str) -> None:
    """Two megabytes of what a secret could begin with are gone through once, not once for each beginning."""
    assert len(redact(bait * (2_000_000 // len(bait)))) > 0


@given(st.sampled_from(sorted(WAYS)).flatmap(lambda way: WAYS[way][0].map(WAYS[way][1])))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    """A text can pass through several hands."""
    once = redact(text)
    assert redact(once) == once


@given(
    st.lists(
        st.sampled_from(sorted(WAYS)).flatmap(lambda way: WAYS[way][0].map(WAYS[way][1])) | st.text(max_size=9),
        max_size=3,
    ).map(" ".join),
    st.sampled_from([str.upper, str.swapcase, lambda text: text.replace("s", "\u017f").replace("k", "\u212a"), str]),
    st.sampled_from(["i", "\u0130", "\u0131"]),
)
def test_no_rule_is_left_out_that_finds_something(text: str, spell: Callable[[str], str], i: str) -> None:
    """Rules are chosen by words that their secrets cannot be without, in whichever letters these are written."""
    spelled = spell(text).replace("i", i)
    tried = [pattern for pattern, _ in redaction._rules_for(spelled)]
    assert all(pattern in tried for _, pattern, _ in redaction._RULES if _changes(pattern, spelled))


def _changes(pattern: re.Pattern[str], text: str) -> bool:
    [what] = [what for _, its, what in redaction._RULES if its is pattern]
    return pattern.sub(what, text) != text


@pytest.mark.parametrize("way", WAYS)
def test_what_is_masked_keeps_its_length(way: str) -> None:
    """No secret comes out, and every length in the message still holds."""
    secrets, around = WAYS[way]

    @given(secrets)
    def check(secret: str) -> None:
        text = around(secret).encode()
        hidden = masked(text)
        assert secret.encode() not in hidden
        assert len(hidden) == len(text)

    check()


def test_what_is_no_secret_is_not_masked() -> None:
    """Any octets, in their places."""
    plain = bytes(range(256)) + b" sip:alice@home.example (a comment)"
    assert masked(plain) == plain


def test_a_short_secret_is_masked_by_its_letters() -> None:
    """Where the word that says it is hidden would be longer than what it hides."""
    assert masked(b"code=a1&password=b-c&x=1") == b"code=xx&password=x-x&x=1"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_a_token_in_another_encoding_is_hidden(encoding: str) -> None:
    """NULs between its characters help nobody; in a capture every byte stays where it is."""
    document = f"<val-access-token>{TOKEN}</val-access-token>".encode(encoding)
    data = b"PUBLISH sip:a SIP/2.0\r\n\r\n" + document
    kept, signature = masked(data), TOKEN.rsplit(".", 1)[1]
    assert len(kept) == len(data)
    assert [at for at, byte in enumerate(kept) if not byte] == [at for at, byte in enumerate(data) if not byte]
    for shown in (kept.replace(b"\0", b"").decode("latin-1"), redact(data.decode("latin-1")).replace("\0", "")):
        assert signature not in shown
        assert "val-access-token" in shown


def test_a_nul_that_hides_nothing_is_shown() -> None:
    """It is what is wrong with a message."""
    assert redact("From: <sip:al\0ice@home.example>") == "From: <sip:al\0ice@home.example>"
