"""The client: what it asks, what it holds, and what it makes of every bad answer."""

from typing import Any

import pytest
from attrs import evolve

from tests.support import result_of
from tests.ue_sim.keys.kms import (
    HOME,
    KMS_URI,
    NOW,
    NUMBER,
    PARTNER,
    PERIODS,
    PROVISIONED,
    URL,
    Change,
    FakeKms,
    answer,
    client,
    refusing,
)
from ue_sim.keys.errors import Doubtful, KeysError, NoKeys, Refused, Unreachable, Unusable
from ue_sim.keys.ring import KeyRing
from valkit.ids import SystemIds
from valkit.keymanagement.requests import KmsRequest
from valkit.keymanagement.resources import CertCache, Init, KeyProv, Provision
from valkit.keymanagement.responses import KmsCertCache, KmsKeyProv
from valkit.trace import Note

TOKEN = "header.claims.signature"


def test_what_is_asked_for() -> None:
    """Certificate first, then keys, each time with the token (TS 33.434 5.3) and a document that fits."""
    kms, notes = FakeKms(), list[Note]()
    ring = result_of(client(kms, notes).fetch(TOKEN, "alice"))
    assert (ring.user, ring.numbers, ring.provisioned) == ("alice", (NUMBER, NUMBER + 1), (PROVISIONED,))
    paths = [Init().path, KeyProv().path]
    assert [line for line, _, _ in kms.asked] == [f"POST {URL}{path}" for path in paths]
    for path, (_, document, headers) in zip(paths, kms.asked, strict=True):
        assert document == KmsRequest("alice", KMS_URI, NOW, URL + path, "phone-1")
        assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert [(note.what, note.fields["periods"]) for note in notes] == [("keys held", f"{NUMBER} {NUMBER + 1}")]
    assert TOKEN not in repr(notes)


def test_a_kms_whose_name_is_not_known() -> None:
    """The first request says nothing, the later ones name it as it named itself; then it may not change."""
    kms = FakeKms()
    phone = client(kms, kms_uri=None)
    result_of(phone.fetch(TOKEN, "alice"))
    assert [document for _, document, _ in kms.asked] == [None, None]
    result_of(phone.fetch(TOKEN, "alice"))
    assert all(document is not None and document.kms_uri == KMS_URI for _, document, _ in kms.asked[2:])
    phone = client(FakeKms(), kms_uri=None)
    result_of(phone.fetch(TOKEN, "alice"))
    phone._https = FakeKms(PARTNER)  # type: ignore[assignment]  # as `client` does
    with pytest.raises(Doubtful, match="another KMS's"):
        result_of(phone.fetch(TOKEN, "alice"))


def test_keys_of_another_time_are_held_beside() -> None:
    """Those of before stay."""
    phone = client(FakeKms())
    result_of(phone.fetch(TOKEN, "alice"))
    ring = result_of(phone.fetch(TOKEN, "alice", NOW - PERIODS.length))
    assert ring.numbers == (NUMBER - 1, NUMBER, NUMBER + 1)


def test_another_user_or_another_certificate_begins_anew() -> None:
    """Nobody else's keys are mixed in."""
    kms = FakeKms()
    phone = client(kms)
    first = result_of(phone.fetch(TOKEN, "alice"))
    assert result_of(phone.fetch(TOKEN, "alice")) is first
    kms.change_certificate = lambda certificate: evolve(certificate, issuer="anew")
    assert result_of(phone.fetch(TOKEN, "alice")) is not first


def test_certificates_of_other_domains() -> None:
    """Fetched once; the number says when there are others."""
    kms = FakeKms()
    phone = client(kms)
    with pytest.raises(NoKeys, match="keys first"):
        result_of(phone.fetch_others(TOKEN))
    result_of(phone.fetch(TOKEN, "alice"))
    for _ in range(2):
        ring = result_of(phone.fetch_others(TOKEN))
        assert (list(ring.others), ring.cache_number) == (["kms.partner.example"], 3)
    assert [line for line, _, _ in kms.asked[2:]] == [f"POST {URL}{CertCache(held).path}" for held in (None, 3)]
    ssv, message = ring.send("bob", NOW, SystemIds(), kms_uri="kms.partner.example")
    assert ssv
    assert message


def test_a_certificate_that_is_over_spoils_no_other() -> None:
    """It is left out and told, and asked for again: it may have been renewed by then."""
    good = FakeKms().others[0]
    over = evolve(good, kms_uri="kms.third.example", valid_to=NOW - 1)
    kms = FakeKms(others=(over, good))
    phone = client(kms)
    result_of(phone.fetch(TOKEN, "alice"))
    ring = result_of(phone.fetch_others(TOKEN))
    assert (list(ring.others), ring.cache_number) == (["kms.partner.example"], None)


def test_a_certificate_of_our_own_kms_among_others() -> None:
    """It would take the place of the one that was believed."""
    phone = client(FakeKms(others=(HOME.certificate.external(),)))
    result_of(phone.fetch(TOKEN, "alice"))
    with pytest.raises(Doubtful, match="our own KMS"):
        result_of(phone.fetch_others(TOKEN))


def test_what_a_val_server_does() -> None:
    """It asks for others' keys, and provisions; nothing of it is held."""
    kms = FakeKms()
    server = client(kms)
    given = result_of(server.keys_of(TOKEN, "val", "group"))
    assert [each.user_uri for each in given.key_sets] == ["group", "group"]
    result_of(server.provision(TOKEN, "val", "group", (PROVISIONED,)))
    line, document, _ = kms.asked[-1]
    assert line == f"POST {URL}{Provision('group').path}"
    assert document is not None
    assert document.keys == (PROVISIONED,)
    assert server.ring is None
    with pytest.raises(NoKeys, match="name of the KMS"):
        result_of(client(kms, kms_uri=None).provision(TOKEN, "val", "group", (PROVISIONED,)))


def test_without_a_token() -> None:
    """The server is to refuse; the client does not."""
    kms = FakeKms()
    result_of(client(kms).fetch(None, "alice"))
    assert all("Authorization" not in headers for _, _, headers in kms.asked)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (refusing(403, "these keys are another's"), Refused, r"403 \(these keys are another's\)"),
        (lambda _: answer(b'{"error": "invalid_token"}', 401, "application/json"), Refused, r"401 \(invalid_token\)"),
        (lambda _: answer(b'{"error": 7}', 401, "application/json"), Refused, "401$"),
        (lambda _: answer(b"<html>", 502, "text/html"), Refused, "502$"),
        (lambda _: answer(b"<html>", 502), Refused, "502$"),
        (lambda _: answer(b"<html>"), Unusable, "not understood"),
        (lambda honest: answer(honest.body.replace(b"KmsResponse", b"SignedKmsResponse")), Unusable, "not understood"),
        (lambda honest: answer(honest.body, 500), Refused, "500$"),
    ],
)
def test_answers_that_are_none(change: Change, error: type[KeysError], says: str) -> None:
    """Each is what it is, and nothing is held."""
    phone = client(FakeKms(change_answer=change))
    with pytest.raises(error, match=says):
        result_of(phone.fetch(TOKEN, "alice"))
    assert phone.ring is None


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (lambda each: evolve(each, kms_uri="kms.x"), Doubtful, "another KMS's"),
        (lambda each: evolve(each, client_req_url=URL + "/x"), Doubtful, "another request"),
        (lambda each: evolve(each, message=None), Unusable, "no KmsInit"),
        (lambda each: evolve(each, message=KmsCertCache(1, ())), Unusable, "no KmsInit"),
    ],
)
def test_responses_that_are_not_the_ones(change: Any, error: type[KeysError], says: str) -> None:
    """Of another KMS, to another request, or of another kind."""
    with pytest.raises(error, match=says):
        result_of(client(FakeKms(change_response=change)).fetch(TOKEN, "alice"))


def test_keys_that_are_not_believed_are_not_held() -> None:
    """What was held before stays."""
    kms = FakeKms()
    phone = client(kms)
    before: KeyRing = result_of(phone.fetch(TOKEN, "alice"))
    held = before.periods
    kms.change_keys = lambda keys: evolve(keys, rsk=HOME.key_set("bob", NUMBER).rsk)
    with pytest.raises(Doubtful):
        result_of(phone.fetch(TOKEN, "alice"))
    assert (phone.ring is before, before.periods) == (True, held)


def test_no_keys_at_all() -> None:
    """An empty answer is none."""
    kms = FakeKms(change_response=lambda each: evolve(each, message=_emptied(each.message)))
    with pytest.raises(Unusable, match="no keys"):
        result_of(client(kms).fetch(TOKEN, "alice"))


def _emptied(message: Any) -> Any:
    return KmsKeyProv(()) if isinstance(message, KmsKeyProv) else message


def test_nobody_there() -> None:
    """It is said, and what is held stays."""
    kms = FakeKms()
    phone = client(kms)
    ring = result_of(phone.fetch(TOKEN, "alice"))
    kms.down = True
    with pytest.raises(Unreachable, match="nobody there"):
        result_of(phone.fetch(TOKEN, "alice"))
    assert phone.ring is ring
