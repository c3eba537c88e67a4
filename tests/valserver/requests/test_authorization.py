"""The rule that REGISTER and PUBLISH share."""

import pytest

from tests.valserver.parts import AUDIENCE, ISSUER, KEY, NOW, TOKENS, register, service, token
from valkit.carriers import BEARER, MCPTT_INFO, MCVIDEO_INFO, val_info
from valkit.sip import Part, Request, build_multipart
from valkit.tokens import Grant as Claims
from valkit.tokens import mint
from valserver.errors import Refusal, Refused
from valserver.facts import Proof
from valserver.records import Grant
from valserver.requests.authorization import Authorizer, Service

AUTHORIZER = Authorizer([service()])


def proved(request: Request, impu: str = "sip:a") -> Proof | None:
    """Give what the one service has heard, or raise its refusal."""
    heard = AUTHORIZER.heard(request, impu, NOW)
    assert heard.require("REGISTER") == ()
    return heard.proofs.get("")


def test_a_token_that_holds_is_proof() -> None:
    """One grant for each service, each with the client, the token's ID and its end."""
    proof = proved(register(token("alice", "dispatch", "video")))
    end = NOW + 3_600
    grants = (Grant("dispatch", "phone", "j1", end), Grant("video", "phone", "j1", end))
    assert proof == Proof("alice", grants, "phone", "j1", holder=f"{ISSUER} alice")


def test_tokens_that_hold_are_counted() -> None:
    """Each verification, and not what was refused, which is an event."""
    authorizer = Authorizer([service()])
    for access_token in (token(), token(), "nonsense"):
        authorizer.heard(register(access_token), "sip:a", NOW)
    assert authorizer.verified == 2


@pytest.mark.parametrize(
    ("to", "entered"),
    [("<sip:alice@home.example;user=phone>", "sip:alice@home.example"), ("<sip:", ""), ("<nothing>", "")],
)
def test_who_registered_is_read_for_what_it_is_worth(to: str, entered: str) -> None:
    """From the UE's own REGISTER; what cannot be read is nothing, for it proves nothing."""
    inner = bytes(register(token(), To=to))
    proof = proved(register().with_body(inner, "message/sip"))
    assert proof is not None
    assert proof.entered == entered


def test_no_token_is_no_proof() -> None:
    """And no fault."""
    assert proved(register()) is None


@pytest.mark.parametrize(
    ("access_token", "cause"),
    [
        (token(iss="https://elsewhere.example"), "wrong_issuer"),
        (token(aud="elsewhere"), "wrong_audience"),
        (token(lifetime=-60.0), "expired"),
        (token(nbf=NOW + 60), "not_yet_valid"),
        (token(scope="openid"), "missing_scope"),
        (token(val_service_ids=[]), "no_val_service"),
        (token()[:-8] + "AAAAAAAA", "bad_signature"),
        ("nonsense", "malformed"),
    ],
)
def test_a_token_that_does_not_hold_refuses_with_its_cause(access_token: str, cause: str) -> None:
    """The cause is for the log; the token is not in it."""
    with pytest.raises(Refused) as refused:
        proved(register(access_token))
    assert (refused.value.refusal, refused.value.cause, refused.value.impu) == (Refusal.TOKEN, cause, "sip:a")
    assert access_token not in repr(refused.value)


def test_two_tokens_are_one_too_many() -> None:
    """Nobody knows which was meant."""
    content_type, body = build_multipart(Part.create(*val_info(token(user), user)) for user in ("alice", "bob"))
    with pytest.raises(Refused, match="two_tokens"):
        proved(register().with_body(body, content_type))


# --- several services ---------------------------------------------------------------------------------------------

PTT = service(name="ptt", profile="mcptt")
VIDEO = service(name="video", profile="mcvideo")
V2X = service(name="v2x", carriers=["val-info"], tokens={**TOKENS, "audience": "v2x"})
UAS = service(name="uas", carriers=["val-info"], tokens={**TOKENS, "audience": "uas"})
ELSEWHERE = service(name="else", carriers=["val-info"], tokens={**TOKENS, "issuer": "https://else"})


def mc(name: str, user: str, **claims: object) -> str:
    """Mint a token of a mission critical service; whoever it was issued to, the user has a name in each service."""
    scope = f"3gpp:mc:{name.removeprefix('mc')}_service"
    said = {"scope": scope, f"{name}_id": user, "val_user_id": None, "val_service_ids": None, **claims}
    return mint(KEY, Claims(ISSUER, AUDIENCE, "alice", (), "j1", NOW, 3_600.0, extra=said))


def carrying(*parts: tuple[str, bytes]) -> Request:
    """Build a REGISTER with these documents."""
    content_type, body = build_multipart(Part.create(*part) for part in parts)
    return register().with_body(body, content_type)


BOTH = carrying(
    MCPTT_INFO.write(mc("mcptt", "sip:ptt@mc.example"), "phone"),
    MCVIDEO_INFO.write(mc("mcvideo", "sip:video@mc.example"), "phone"),
)


def outcome(request: Request, *services: Service) -> tuple[dict[str, str], dict[str, str]]:
    """Give who is proved to which service, and which refuses why."""
    heard = Authorizer(services).heard(request, "sip:a", NOW)
    proofs = {name: proof.val_user_id for name, proof in heard.proofs.items()}
    return proofs, {name: refused.cause for name, refused in heard.refused.items()}


def test_each_part_is_for_its_service() -> None:
    """One REGISTER for several clients of a UE (TS 24.379 7.1)."""
    assert outcome(BOTH, PTT, VIDEO) == ({"ptt": "sip:ptt@mc.example", "video": "sip:video@mc.example"}, {})


def test_a_service_that_is_not_served_is_not_looked_at() -> None:
    """Its part is somebody else's business."""
    assert outcome(BOTH, PTT) == ({"ptt": "sip:ptt@mc.example"}, {})


def test_one_token_for_two_services_is_judged_by_each() -> None:
    """A token of MCX may name the user of several."""
    one = mc("mcptt", "p", mcvideo_id="v", scope="3gpp:mc:ptt_service 3gpp:mc:video_service")
    request = carrying(MCPTT_INFO.write(one, "phone"), MCVIDEO_INFO.write(one, "phone"))
    assert outcome(request, PTT, VIDEO) == ({"ptt": "p", "video": "v"}, {})


def test_a_bad_part_leaves_the_others_good() -> None:
    """The refused service is named; the request is not refused for it."""
    request = carrying(
        MCPTT_INFO.write(mc("mcptt", "p"), "phone"), MCVIDEO_INFO.write(mc("mcvideo", "v", exp=NOW - 60), "phone")
    )
    assert outcome(request, PTT, VIDEO) == ({"ptt": "p"}, {"video": "expired"})
    (event,) = Authorizer([PTT, VIDEO]).heard(request, "sip:a", NOW).require("REGISTER")
    assert (event.what, event.service, event.cause) == ("refused", "video", "expired")


def test_where_no_part_is_good_all_is_refused() -> None:
    """By the first, and what the others say is told beside it."""
    request = carrying(MCPTT_INFO.write("x", "phone"), MCVIDEO_INFO.write(mc("mcvideo", "v", exp=NOW - 60), "phone"))
    with pytest.raises(Refused) as refused:
        Authorizer([PTT, VIDEO]).heard(request, "sip:a", NOW).require("REGISTER")
    assert (refused.value.service, refused.value.cause) == ("ptt", "malformed")
    assert [(event.service, event.cause) for event in refused.value.beside] == [("video", "expired")]


def test_of_several_services_with_one_carrier_the_token_chooses() -> None:
    """By its issuer, then by what each asks of it."""
    for_v2x, for_uas = token("vera", aud="v2x", jti="1"), token("ulf", aud="uas", jti="2", sub="vera")
    assert outcome(carrying(val_info(for_v2x, "car")), V2X, UAS, ELSEWHERE) == ({"v2x": "vera"}, {})
    both = carrying(val_info(for_v2x, "car"), val_info(for_uas, "drone"))
    assert outcome(both, V2X, UAS, ELSEWHERE) == ({"v2x": "vera", "uas": "ulf"}, {})
    assert outcome(carrying(val_info(token(aud="none"), "x")), V2X, UAS) == (
        {},
        {"v2x": "wrong_audience", "uas": "wrong_audience"},
    )
    assert outcome(carrying(val_info("nonsense", "x")), V2X, UAS) == ({}, {"v2x": "malformed"})


def test_security_tokens_of_two_users_in_one_request() -> None:
    """One identity speaks for one user at a time, in whichever services; so neither is believed."""
    hers, his = token("vera", aud="v2x", jti="1"), token("ulf", aud="uas", jti="2")
    both = carrying(val_info(hers, "car"), val_info(his, "drone"))
    assert outcome(both, V2X, UAS) == ({}, {"v2x": "two_users", "uas": "two_users"})


def test_security_two_tokens_for_one_service_of_several() -> None:
    """Neither is believed: two that hold, or one that holds beside one that nobody believes."""
    good, other = token("vera", aud="v2x", jti="1"), token("vic", aud="v2x", jti="2")
    assert outcome(carrying(val_info(good, "x"), val_info(other, "x")), V2X, UAS) == ({}, {"v2x": "two_tokens"})
    bad = token("vic", aud="none", jti="2")
    proofs, refused = outcome(carrying(val_info(good, "x"), val_info(bad, "x")), V2X, UAS)
    assert (proofs, refused["v2x"]) == ({}, "two_tokens")


def test_a_service_that_is_off_looks_at_nothing() -> None:
    """Not even at a part that cannot be read."""
    off = service(name="ptt", profile="mcptt", mode="off")
    broken = carrying((MCPTT_INFO.media_type, b"<"), MCVIDEO_INFO.write(mc("mcvideo", "v"), "phone"))
    assert outcome(broken, off, VIDEO) == ({"video": "v"}, {})
    assert outcome(broken, off) == ({}, {})


def test_a_part_that_cannot_be_read_is_a_doubt_for_all() -> None:
    """Nobody knows whose it was."""
    broken = carrying((MCPTT_INFO.media_type, b"<"), MCVIDEO_INFO.write(mc("mcvideo", "v"), "phone"))
    assert outcome(broken, PTT, VIDEO) == ({}, {"ptt": "xml_malformed", "video": "xml_malformed"})


def test_what_is_only_logged_refuses_nothing() -> None:
    """It is told as tolerated."""
    logging = service(name="ptt", profile="mcptt", mode="log-only")
    heard = Authorizer([logging]).heard(carrying(MCPTT_INFO.write("x", "phone")), "sip:a", NOW)
    (event,) = heard.require("REGISTER")
    assert (event.what, event.cause, event.service, event.via) == ("tolerated", "malformed", "ptt", "REGISTER")
    assert heard.proofs == {}


def test_a_token_in_a_header_is_refused_in_its_own_way() -> None:
    """RFC 8898 wants a challenge."""
    with pytest.raises(Refused) as refused:
        AUTHORIZER.heard(register().adding(*BEARER.write("x")), "sip:a", NOW).require("REGISTER")
    assert refused.value.refusal is Refusal.BEARER
