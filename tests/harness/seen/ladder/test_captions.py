from harness.seen.ladder.captions import details, name, noted
from tests.harness.scenes import TOKEN, challenge, request
from tests.harness.scenes import noted as note
from valkit.sip.message import parse


def test_an_arrow_has_method_or_status() -> None:
    """A request is named by its method, an answer by status and reason."""
    assert name(request()) == "REGISTER"
    assert name(request().answer(403)) == "403 Forbidden"


def test_a_request_that_needed_a_stream_says_so() -> None:
    """A token often makes a REGISTER too large for a datagram (RFC 3261 18.1.1)."""
    assert name(request(), "tcp") == "REGISTER over TCP"


def test_a_register_tells_who_and_with_what() -> None:
    """IMPU, IMPI, that there is a RES, and the token by its claims; neither RES nor token itself."""
    told = details(request(token=TOKEN, res=True))
    assert told == ("IMPU sip:alice@home.example", "IMPI alice@home.example", "RES", "token: alice in dispatch")


def test_the_asserted_identity_is_whose_it_is() -> None:
    """Behind the P-CSCF the IMPU is the asserted one."""
    assert details(request("PUBLISH", P_Asserted_Identity="<sip:duty@home.example>"))[0] == "IMPU sip:duty@home.example"


def test_the_end_of_something_is_told() -> None:
    """Expires 0 is what makes a REGISTER a de-registration."""
    assert "Expires 0" in details(request(Expires="0"))


def test_a_challenge_tells_rand_and_autn() -> None:
    """As in step 3 of the figure."""
    assert details(challenge(request())) == ("RAND, AUTN",)


def test_a_refusal_tells_its_warning() -> None:
    """The only word of the reason that a peer gets."""
    warning = '399 host "101 service authorisation failed"'
    assert details(request().answer(403, headers=[("Warning", warning)])) == (warning,)


def test_an_unreadable_message_is_told_as_such() -> None:
    """A ladder is drawn of broken messages, too."""
    assert details(parse(b"OPTIONS sip:a SIP/2.0\r\nTo: <\r\n\r\n"))[0].startswith("unreadable")


def test_sip_digest_has_words_of_its_own() -> None:
    """There is no vector and no RES without a card."""
    assert noted(note("hss", "vector issued", scheme="Digest-AKAv1-MD5")) == "AV issued"
    assert noted(note("hss", "vector issued", scheme="SIP Digest")) == "digest data issued"
    assert noted(note("scscf", "res verified", algorithm="SHA-256")) == "response is the password's"
    assert noted(note("scscf", "res wrong", algorithm="AKAv2-SHA-256")) == "RES is not XRES"
    assert noted(note("scscf", "res wrong", algorithm="MD5")) == "response wrong"
    proof = 'Digest username="dora", realm="r", nonce="n", uri="sip:r", response="0a", algorithm='
    assert "RES" in details(request().with_header("Authorization", f"{proof}AKAv1-MD5"))
    assert "response" in details(request().with_header("Authorization", f"{proof}MD5"))


def test_notes_have_words() -> None:
    """What programs note reads as a person would say it; what is not known reads as it is called."""
    assert noted(note("valserver", "bound", val_user_id="alice", val_service_ids="a b")) == "bound: alice in a, b"
    assert noted(note("valserver", "refused", cause="expired")) == "refused: expired"
    assert noted(note("scscf", "res verified", algorithm="AKAv1-MD5")) == "RES = XRES"
    assert noted(note("scscf", "something new")) == "something new"


def test_no_token_that_a_peer_has_in_its_own_words_is_told_whole() -> None:
    """A server may put it into a reason phrase, a warning, a method; a note may have taken it from there."""
    answer = parse(b'SIP/2.0 403 bad token %s\r\nWarning: 399 h "tok %s"\r\n\r\n' % (TOKEN.encode(), TOKEN.encode()))
    assert name(answer) == "403 bad token (token sub=alice jti=token-1)"
    told = [
        *details(answer),
        name(request(TOKEN), "tcp"),
        noted(note("valserver", "refused", cause=TOKEN)),
    ]
    assert [TOKEN.rpartition(".")[2] in each for each in told] == [False] * 3
