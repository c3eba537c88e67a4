"""The service over HTTPS: every refusal with its status, what peer and log are told, and nothing that makes it fail."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from seal.kms.kept import State
from seal.kms.openapi import description
from tests.seal.kms.in_memory import NOW, Site
from tests.seal.kms.parts import ALICE, GROUP_KEY, KMS_URI, SERVER, STRANGER, Home
from tests.valkit.keymanagement.test_markup import BOMB, EXTERNAL
from tests.valkit.keymanagement.test_requests import REQUESTS
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.keymanagement.requests import KmsRequest
from valkit.keymanagement.resources import ROOT, CertCache, Init, KeyProv, Provision, Resource
from valkit.keymanagement.responses import KmsKeyProv, KmsResponse
from valkit.tokens import Grant, mint
from valkit.tokens.strictjson import read_object

BOB = "sip:bob@home.example"
RESCUE, WATER = "sip:rescue1@home.example", "sip:water@home.example"
CAROL = "sip:carol@home.example"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Give the site, for many examples."""
    with TemporaryDirectory() as folder:
        made = Site(Path(folder))
        yield made
        made.vault.close()


@pytest.mark.parametrize(
    ("claims", "status", "error", "cause"),
    [
        ({"scope": "openid 3gpp:seal:val_service"}, 403, "insufficient_scope", "missing_scope"),
        ({"exp": 1}, 401, "invalid_token", "expired"),
        ({"iss": "https://idms.elsewhere.example"}, 401, "invalid_token", "wrong_issuer"),
        ({"aud": "another-server"}, 401, "invalid_token", "wrong_audience"),
        ({"val_service_ids": []}, 401, "invalid_token", "no_val_service"),
    ],
)
async def test_tokens_that_are_refused(kms: Home, claims: dict[str, Any], status: int, error: str, cause: str) -> None:
    """At each resource; the peer is told by RFC 6750, the log has the cause."""
    for resource in (Init(), KeyProv(), CertCache()):
        answer = await kms.post(resource.path, kms.token(**claims))
        assert (answer.status, read_object(answer.body)["error"]) == (status, error)
        assert error in (answer.header("WWW-Authenticate") or "")
        assert cause.encode() not in answer.body
    assert kms.told == [cause] * 3


async def test_without_a_token(kms: Home) -> None:
    """403 (TS 24.547 A.2.3.1), also for who asserts an identity; and a token that a stranger signed is 401."""
    for headers in ({}, {"X-3GPP-Asserted-Identity": SERVER}):
        answer = await kms.https.request("POST", kms.url + Init().path, b"", headers)
        assert answer.status == 403
    forged = mint(STRANGER, Grant("https://idms.home.example", "val-server", ALICE, ("dispatch",), "j", NOW))
    assert (await kms.post(Init().path, forged)).status == 401


@pytest.mark.parametrize(
    ("resource", "user", "claims", "said", "status", "cause"),
    [
        (KeyProv(BOB), ALICE, {}, {}, 403, "others_keys"),
        (KeyProv(BOB), ALICE, {"SKeyProv": False}, {}, 403, "others_keys"),
        (KeyProv(BOB), ALICE, {"SKeyProv": "false"}, {}, 403, "others_keys"),
        (Provision(BOB), ALICE, {}, {"keys": (GROUP_KEY,)}, 403, "no_provisioner"),
        (
            Provision(BOB),
            ALICE,
            {"SKeyProv": True},
            {"keys": (ProvisionedKey("k", "video", b"k"),)},
            403,
            "others_service",
        ),
        (
            Provision(BOB),
            ALICE,
            {"SKeyProv": True},
            {"keys": (GROUP_KEY,) * 2 + tuple(ProvisionedKey(f"k{n}", "dispatch", b"k") for n in range(14))},
            200,
            "",
        ),
        (Init(), ALICE, {"val_service_ids": ["video"]}, {}, 403, "no_service"),
        (Init(), "sip:alice at home", {}, {"user_uri": ALICE}, 403, "unfit_user"),
        (KeyProv(), "sip:mallory@home.example", {}, {"user_uri": "sip:mallory@home.example"}, 403, "revoked"),
        (Init(), ALICE, {}, {"user_uri": BOB}, 403, "not_oneself"),
        (Init(), ALICE, {}, {"kms_uri": "kms.elsewhere.example"}, 400, "another_kms"),
        (Init(), ALICE, {}, {"client_req_url": "https://here" + KeyProv().path}, 400, "another_resource"),
        (Init(), ALICE, {}, {"client_req_url": "http://["}, 400, "another_resource"),
        (Init(), ALICE, {}, {"time": NOW - 301}, 400, "stale"),
        (Init(), ALICE, {}, {"time": NOW + 301}, 400, "stale"),
        (Init(), ALICE, {}, {"keys": (GROUP_KEY,)}, 400, "unreadable"),
        (Provision(BOB), ALICE, {"SKeyProv": True}, {}, 400, "unreadable"),
        (KeyProv(ALICE, 0.0), ALICE, {}, {}, 404, "no_such_period"),
        (KeyProv(ALICE, 4e9), ALICE, {}, {}, 404, "no_such_period"),
        (KeyProv(BOB), ALICE, {"SKeyProv": True}, {}, 200, ""),
        (KeyProv(BOB), ALICE, {"SKeyProv": {"any": "thing"}}, {}, 200, ""),
    ],
)
def test_what_the_kms_itself_decides(  # noqa: PLR0917  a row of the table
    tmp_path: Path,
    resource: Resource,
    user: str,
    claims: dict[str, object],
    said: dict[str, object],
    status: int,
    cause: str,
) -> None:
    """A KmsError says what, the log has the cause and who asked."""
    site = Site(tmp_path, State(frozenset({"video"}), frozenset({"sip:mallory@home.example"})))
    document = {"user_uri": user, "kms_uri": KMS_URI, "time": NOW, "client_req_url": "https://here" + resource.path}
    body = bytes(KmsRequest(**{**document, **said}))  # type: ignore[arg-type]  # as the table has it
    got = site.ask("POST", resource.path, body, site.token(user, **claims))
    site.vault.close()
    response = KmsResponse.parse(got.body)
    assert got.status == status
    assert (response.error is None) == (status == 200)
    if response.error is not None:
        assert response.error.code == status
        told = [(note.what, *(note.fields[name] for name in ("cause", "status", "asker"))) for note in site.notes]
        assert told == [("access refused", cause, str(status), user)]


def test_who_is_given_anothers_keys_is_noted(site: Site) -> None:
    """Whose they are, too."""
    site.notes.clear()
    assert site.ask("POST", KeyProv(BOB).path, token=site.token(SERVER, SKeyProv=True)).status == 200
    (note,) = site.notes
    assert (note.what, note.fields["user"], note.fields["whose"]) == ("keys given", SERVER, BOB)


def test_a_group_is_no_identity(site: Site) -> None:
    """Who is called like a group, as a guest may be, is given neither its key nor keys of that name."""
    path = Provision(WATER).path
    key = evolve(GROUP_KEY, group=True)
    body = bytes(KmsRequest(SERVER, KMS_URI, NOW, "https://here" + path, keys=(key,)))
    assert site.ask("POST", KeyProv().path, token=site.token(WATER)).status == 200
    assert site.ask("POST", path, body, site.token(SERVER, SKeyProv=True)).status == 200
    site.notes.clear()
    got = site.ask("POST", KeyProv().path, token=site.token(WATER))
    assert (got.status, [note.fields["cause"] for note in site.notes]) == (403, ["a_group"])
    assert KmsResponse.parse(got.body).message is None


def test_keys_of_an_identity_are_given_to_nobody_else(site: Site) -> None:
    """Nor what was provisioned of a user: with SKeyProv one was given anybody's private keys once."""
    server, group = site.token(SERVER, SKeyProv=True), evolve(GROUP_KEY, key_id="gmk-2", group=True)
    for uri, key in ((CAROL, GROUP_KEY), (RESCUE, group)):
        path = Provision(uri).path
        body = bytes(KmsRequest(SERVER, KMS_URI, NOW, "https://here" + path, keys=(key,)))
        assert site.ask("POST", path, body, server).status == 200
    for whose, at in ((BOB, None), (BOB, NOW), (CAROL, None), (CAROL, NOW), (RESCUE, None), (RESCUE, NOW)):
        got = site.ask("POST", KeyProv(whose, at).path, token=server)
        response = KmsResponse.parse(got.body)
        assert (got.status, response.user_uri) == (200, whose)
        assert response.message == KmsKeyProv((), (group,) if whose == RESCUE else ())
    own = KmsResponse.parse(site.ask("POST", KeyProv(CAROL).path, token=site.token(CAROL)).body).message
    assert isinstance(own, KmsKeyProv)
    assert own.key_sets
    assert own.provisioned == (GROUP_KEY,)


@pytest.mark.parametrize("body", [BOMB, EXTERNAL, "<", "\xff", " " * 10 + "x", "<KmsRequest/>"])
def test_documents_that_are_not_read(site: Site, body: str) -> None:
    """No entity is opened, nothing of the machine comes back."""
    got = site.ask("POST", Init().path, body.encode("latin-1"))
    assert got.status == 400
    assert b"KmsError" in got.body
    assert b"root:" not in got.body


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", Init().path, 405),
        ("PUT", KeyProv().path, 405),
        ("POST", f"{ROOT}/lookup", 404),
        ("POST", f"{ROOT}/", 404),
        ("POST", f"{ROOT}/keyprov/alice/soon", 400),
        ("POST", "/elsewhere", 404),
    ],
)
def test_paths_and_methods(site: Site, method: str, path: str, status: int) -> None:
    """Requests are made by POST, at the paths that there are."""
    got = site.ask(method, path)
    assert got.status == status
    assert (b"Allow: POST" in got.head) == (status == 405)


def test_a_uri_with_slashes_in_it(site: Site) -> None:
    """It is asked for as it is, and redirected to nowhere: routing merged the slashes once."""
    got = site.ask("POST", KeyProv("https://idms.home.example/alice").path, token=site.token(SERVER, SKeyProv=True))
    assert got.status == 200
    assert site.ask("POST", f"{ROOT}//init").status == 404


def test_it_describes_itself(site: Site) -> None:
    """Without a token."""
    got = site.ask("GET", f"{ROOT}/openapi.json", token="")
    assert (got.status, read_object(got.body)) == (200, description())


def test_too_large_a_body(site: Site) -> None:
    """64 KiB are enough for any request."""
    assert site.ask("POST", Init().path, b" " * 70_000).status == 413


PATHS = st.one_of(
    st.sampled_from([Init().path, KeyProv().path, CertCache().path, f"{ROOT}/provision/x"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60).map(f"{ROOT}/".__add__),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60).map(f"{ROOT}/keyprov/".__add__),
)
BODIES = st.one_of(st.binary(max_size=300), REQUESTS.map(bytes), st.text(max_size=200).map(str.encode))


@given(st.sampled_from(["POST", "GET", "DELETE", "OPTIONS"]), PATHS, BODIES, st.booleans())
def test_any_request_is_answered(site: Site, method: str, path: str, body: bytes, provisions: bool) -> None:
    """With a status of ours, and never with a 500."""
    got = site.ask(method, path, body, site.token(SKeyProv=provisions))
    assert got.status in {200, 400, 403, 404, 405, 507}
    if got.status != 200:
        assert b"<KmsKeySet" not in got.body


@given(st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=200))
def test_any_token_is_answered(site: Site, token: str) -> None:
    """With 401, or 403 where there is none."""
    assert site.ask("POST", KeyProv().path, token=token).status in {400, 401, 403}
