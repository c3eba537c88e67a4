from base64 import urlsafe_b64encode
from json import dumps

from attrs import evolve

from harness.report.model import Token
from harness.seen.claims import claimed, claims_in, claims_over, token_in, without_signature
from tests.harness.scenes import TOKEN, asked, request
from valkit.carriers import MCPTT_INFO, MCVIDEO_INFO
from valkit.sip.multipart import Part, build_multipart
from valkit.tokens import Grant, SigningKey, mint
from valkit.tokens.minting import sealed


def test_a_token_is_told_by_its_claims() -> None:
    """Who speaks, for which services, and which token it is; never the token."""
    claimed = token_in(request(token=TOKEN))
    assert claimed is not None
    assert (claimed.val_user_id, claimed.val_service_ids, claimed.jti) == ("alice", ("dispatch",), "token-1")
    assert str(claimed) == "token: alice in dispatch"
    assert TOKEN not in repr(claimed)


def test_no_token_is_none() -> None:
    """A request without a body carries none."""
    assert token_in(request()) is None


def test_what_is_no_token_is_told_as_unreadable() -> None:
    """Something stands where a token should, and cannot be read: that is a token for whoever asks if there is one."""
    assert str(token_in(request(token="not-a-token"))) == "token: ? in ?"


def test_several_tokens_are_told_together() -> None:
    """Each by the user of its service, which names the service too where none is listed (TS 33.180 B.2.2)."""
    tokens = [
        mint(
            SigningKey.generate("ES256"),
            Grant("i", "a", "x", (), f"j-{name}", 0.0, extra={f"{name}_id": name, "val_user_id": None}),
        )
        for name in ("mcptt", "mcvideo")
    ]
    parts = [Part.create(*row.write(token)) for row, token in zip((MCPTT_INFO, MCVIDEO_INFO), tokens, strict=True)]
    content_type, body = build_multipart(parts)
    claimed = token_in(request().with_body(body, content_type))
    assert claimed is not None
    assert str(claimed) == "token: mcptt and mcvideo in mcptt, mcvideo"
    assert claimed.jti.split() == ["j-mcptt", "j-mcvideo"]


def test_every_claim_of_every_token_is_given_as_texts() -> None:
    """Of a list each member, of what is no text its JSON; a token within the token stays hidden."""
    extra = {"act": {"sub": "x"}, "acr": True, "held": TOKEN, "val_service_ids": ["a", "b"]}
    token = mint(SigningKey.generate(), Grant("i", "a", "alice", (), "j", 7.0, extra=extra))
    [claims] = claims_in(request(token=token))
    assert claims["val_service_ids"] == ("a", "b")
    assert (claims["act"], claims["acr"], claims["iss"]) == (('{"sub": "x"}',), ("true",), ("i",))
    assert TOKEN.rpartition(".")[2] not in str(claims)
    assert claims_in(request()) == ()
    assert claims_in(request(token="no.token.x")) == ()


def test_tokens_in_http_have_claims_as_well() -> None:
    """Of which no more than header and claims is kept."""
    http = evolve(asked("GET", "/keys"), tokens={"Authorization": dumps(without_signature(TOKEN))})
    assert [claims["val_user_id"] for claims in claims_over(http)] == [("alice",)]
    assert claims_over(asked("GET", "/keys")) == ()


def test_header_and_claims_alone_are_no_token() -> None:
    """They are what a report has of it; what is no token has none."""
    parts = without_signature(TOKEN)
    assert parts is not None
    assert (parts["header"]["typ"], parts["claims"]["val_user_id"]) == ("at+jwt", "alice")
    assert TOKEN.rpartition(".")[2] not in str(parts)
    assert without_signature("no.token.at all") is None


def test_a_number_beyond_all_is_told_as_text() -> None:
    """It can be read, and JSON has nothing for it."""
    parts = without_signature(sealed(SigningKey.generate(), b"{}", b'{"exp":1e999}'))
    assert parts is not None
    assert parts["claims"] == {"exp": "inf"}


def test_a_claim_is_shown_as_deep_as_anybody_reads() -> None:
    """Who reads a report follows some two hundred levels, and no further."""
    deep = "[" * 600 + "1" + "]" * 600
    payload = urlsafe_b64encode(f'{{"sub": "alice", "x": {deep}}}'.encode()).rstrip(b"=").decode()
    parts = without_signature(f"eyJhbGciOiJFUzI1NiJ9.{payload}.c2ln")
    assert parts is not None
    assert parts["claims"]["sub"] == "alice"
    told = Token(where="bearer", **parts)
    assert Token.model_validate_json(told.model_dump_json()) == told
    assert "..." in told.model_dump_json()


def test_a_token_within_a_token_is_hidden() -> None:
    """Wherever in its claims it stands."""
    grant = Grant("i", "a", "alice", (), "j", 1.0, extra={"deep": [{"inner": TOKEN}]})
    parts = without_signature(mint(SigningKey.generate(), grant))
    assert parts is not None
    assert parts["claims"]["deep"] == [{"inner": "(token sub=alice jti=token-1)"}]


def test_a_security_token_is_told_by_whom_it_vouches_for_and_to_whom() -> None:
    """It names no VAL user; one that does is told by that."""
    text = sealed(SigningKey.generate(), b'{"alg": "ES256"}', b'{"sub": "alice", "aud": ["app", "https://p.example"]}')
    about = claimed(text)
    assert about is not None
    assert (about.subject, about.audiences) == ("alice", ("app", "https://p.example"))
