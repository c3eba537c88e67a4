"""A whole key management server over TLS: step C-2 of figure 5.X.3.1-1, restarts, key periods, failed starts."""

import os
from pathlib import Path

import pytest
from attrs import evolve
from twisted.internet.defer import Deferred, gatherResults

from seal.errors import CannotStart
from seal.kms.app import start
from tests.seal.kms.parts import ALICE, GROUP_KEY, ISSUER, KMS_URI, SERVER, Home, home, reactor, settings
from valkit.idbased.eccsi import PublicAuthenticationKey
from valkit.idbased.sakke import PublicKey, new_ssv
from valkit.ids import SystemIds
from valkit.keymanagement.requests import KmsRequest
from valkit.keymanagement.resources import CertCache, Init, KeyProv, Provision
from valkit.keymanagement.responses import KmsCertCache, KmsInit, KmsResponse
from valkit.net.clock import ShiftableClock

DAYS = 86_400.0


async def test_a_token_gets_keys_that_work(kms: Home) -> None:
    """Certificate, then keys of this period and the next: they are valid, sign, and receive (RFC 6507, RFC 6508)."""
    message = await kms.message(Init())
    assert isinstance(message, KmsInit)
    certificate, ids = message.certificate, SystemIds()
    sets = await kms.key_sets()
    current = certificate.periods.number(kms.clock.seconds())
    assert [(each.user_uri, each.number, each.services) for each in sets] == [
        (ALICE, current, ("dispatch",)),
        (ALICE, current + 1, ("dispatch",)),
    ]
    kpak, z = PublicAuthenticationKey.parse(certificate.kpak), PublicKey.parse(certificate.z)
    for each in sets:
        identity = certificate.identity(ALICE, each.number)
        assert (each.uid, each.cert_uri) == (identity, certificate.cert_uri)
        signing = kpak.accept(identity, each.ssk, each.pvt)
        kpak.verify(identity, b"message", signing.sign(b"message", ids))
        ssv = new_ssv(ids)
        assert z.accept(identity, each.rsk).decapsulate(z.encapsulate(identity, ssv)) == ssv
    assert kms.told == ["certificate given", "keys given"]
    assert "secret" not in repr(kms.notes)


async def test_a_request_may_say_nothing(kms: Home) -> None:
    """Then token and path say all; the answer names the path."""
    answer = await kms.post(KeyProv().path)
    response = KmsResponse.parse(answer.body)
    assert (answer.status, response.user_uri, response.client_req_url) == (200, ALICE, KeyProv().path)
    assert answer.header("Cache-Control") == "no-store"


async def test_the_same_keys_come_back_after_a_restart(tmp_path: Path) -> None:
    """Master secrets, provisioned keys and revocations are kept."""
    first = await home(tmp_path)
    before = await first.keys()
    token = first.token(SERVER, SKeyProv=True)
    await first.message(Provision(ALICE), token, user_uri=SERVER, keys=(GROUP_KEY,))
    await first.running.ledger.change(lambda state: evolve(state, revoked=frozenset({"sip:bob@home.example"})))
    await first.running.stop()
    second = await home(tmp_path)
    after = await second.keys()
    assert (after.key_sets, after.provisioned) == (before.key_sets, (GROUP_KEY,))
    assert second.running.certificate == first.running.certificate
    assert (await second.ask(KeyProv(), second.token("sip:bob@home.example"), user_uri="sip:bob@home.example"))[
        0
    ] == 403
    await second.running.stop()


async def test_a_key_period_begins(tmp_path: Path) -> None:
    """The keys that were given ahead are those of the new period; older ones are given to who asks for their time."""
    clock = ShiftableClock(reactor)
    kms = await home(tmp_path, clock, periods={"length": "30d", "behind": 1})
    began, (first, second) = clock.seconds(), await kms.key_sets()
    clock.advance(30 * DAYS)
    third, fourth = await kms.key_sets(token=kms.token())
    assert third == second
    assert fourth.number == second.number + 1
    assert await kms.key_sets(KeyProv(ALICE, began), kms.token()) == (first,)
    clock.advance(30 * DAYS)
    status, response = await kms.ask(KeyProv(ALICE, began), kms.token())
    assert (status, response.error and response.error.sentence) == (404, "no keys are given for that time")
    await kms.running.stop()


async def test_no_keys_outlive_the_certificate(tmp_path: Path) -> None:
    """None are given of a period that begins after it has ended."""
    clock = ShiftableClock(reactor)
    kms = await home(tmp_path, clock, certificate={"validity": "1d"}, periods={"length": "30d", "ahead": 4})
    assert len(await kms.key_sets()) <= 2
    clock.advance(60 * DAYS)
    assert (await kms.ask(KeyProv(), kms.token()))[0] == 404
    await kms.running.stop()


async def test_others_certificates_are_handed_out_once(tmp_path: Path) -> None:
    """Under a number; who has this one already is given none, and other certificates have another number."""
    partner = await home(tmp_path, kms_uri="kms.partner.example")
    theirs = tmp_path / "partner.xml"
    theirs.write_bytes((await partner.post(Init().path)).body)
    await partner.running.stop()
    (tmp_path / "own").mkdir()
    kms = await home(tmp_path / "own", external=[str(theirs)])
    cache = await kms.message(CertCache())
    assert isinstance(cache, KmsCertCache)
    assert [(each.kms_uri, each.role) for each in cache.certificates] == [("kms.partner.example", "External")]
    assert await kms.message(CertCache(cache.number)) == KmsCertCache(cache.number, ())
    assert await kms.message(CertCache(cache.number + 7)) == cache
    await kms.running.stop()
    later = await home(tmp_path / "own", external=[])
    assert await later.message(CertCache(cache.number)) == KmsCertCache(cache.number + 1, ())
    await later.running.stop()


async def test_many_ask_at_once(tmp_path: Path) -> None:
    """Some are told to come again, the rest are served; afterwards there is room."""
    kms = await home(tmp_path, threads=1, waiting=1, periods={"ahead": 4})
    tokens = [kms.token(f"sip:{number}@home.example") for number in range(8)]
    asked = [Deferred.fromCoroutine(kms.post(KeyProv().path, token)) for token in tokens]
    answers = await gatherResults(asked)
    statuses = {answer.status for answer in answers}
    assert statuses == {200, 503}
    assert {answer.header("Retry-After") for answer in answers if answer.status == 503} == {"1"}
    assert (await kms.post(KeyProv().path)).status == 200
    await kms.running.stop()


async def test_what_is_remembered_is_bounded(tmp_path: Path) -> None:
    """None at all is a bound too: the keys are the same."""
    kms = await home(tmp_path, remembered=0)
    assert await kms.key_sets() == await kms.key_sets()
    await kms.running.stop()


async def test_a_full_disk_is_told_and_loses_nothing(kms: Home, failures: list[object]) -> None:
    """What is not durable is not acknowledged."""
    token, vault = kms.token(SERVER, SKeyProv="yes"), kms.folder / "vault"
    await kms.message(Provision(ALICE), token, user_uri=SERVER, keys=(GROUP_KEY,))
    (path,) = vault.glob("provisioned-*")
    (vault / f"{path.name}.new").mkdir()  # where the new one would be written
    other = evolve(GROUP_KEY, key_id="gmk-2")
    url = kms.url + Provision(ALICE).path
    body = bytes(KmsRequest(SERVER, KMS_URI, kms.clock.seconds(), url, keys=(other,)))
    answer = await kms.post(Provision(ALICE).path, token, body)
    assert (answer.status, answer.header("Retry-After")) == (503, "1")
    assert (await kms.keys()).provisioned == (GROUP_KEY,)
    failures.clear()


async def test_one_server_holds_a_folder(kms: Home) -> None:
    """A second one would write over what the first one knows."""
    with pytest.raises(CannotStart, match="in use by another"):
        await start(reactor, reactor, settings(kms.folder), SystemIds())


async def test_a_taken_address_is_told_with_what_to_do(kms: Home, tmp_path: Path) -> None:
    """And nothing is left behind."""
    port = int(kms.url.rpartition(":")[2])
    (tmp_path / "other").mkdir()
    with pytest.raises(CannotStart, match="choose another address"):
        await start(reactor, reactor, settings(tmp_path / "other", listen={"port": port}), SystemIds())


async def test_another_key_opens_nothing(tmp_path: Path) -> None:
    """It is said which file, and what is needed; nothing is made anew in its place."""
    kms = await home(tmp_path)
    await kms.running.stop()
    kept = {path: path.read_bytes() for path in (tmp_path / "vault").iterdir()}
    (tmp_path / "vault.key").write_text("00" * 32)
    with pytest.raises(CannotStart, match=r"master-secrets is damaged, or encrypted with another key: give the key"):
        await home(tmp_path)
    (tmp_path / "vault.key").unlink()
    with pytest.raises(CannotStart, match="cannot be used as key-encryption key"):
        await home(tmp_path)
    assert {path: path.read_bytes() for path in (tmp_path / "vault").iterdir()} == kept


async def test_the_key_may_be_in_the_environment(tmp_path: Path) -> None:
    """Then there is no file of it."""
    vault = {"folder": str(tmp_path / "vault"), "key_file": str(tmp_path / "vault.key"), "key_variable": "VAL_KMS_KEY"}
    told = settings(tmp_path, vault=vault)
    with pytest.raises(CannotStart, match="has no VAL_KMS_KEY"):
        await start(reactor, reactor, told, SystemIds(), environment={})
    running = await start(reactor, reactor, told, SystemIds(), environment={"VAL_KMS_KEY": "ab" * 32})
    await running.stop()
    assert not (tmp_path / "vault.key").exists()


async def test_only_its_owner_reads_the_key(tmp_path: Path) -> None:
    """It is made like that, and refused otherwise."""
    kms = await home(tmp_path)
    await kms.running.stop()
    assert [(path.stat().st_mode & 0o777) for path in (tmp_path / "vault.key", tmp_path / "vault")] == [0o600, 0o700]
    (tmp_path / "vault.key").chmod(0o640)
    with pytest.raises(CannotStart, match="chmod 600"):
        await home(tmp_path)


async def test_certificates_that_cannot_be_used(tmp_path: Path) -> None:
    """TLS's are told by the setting that names them."""
    tls = {"certificate": str(tmp_path / "none.pem"), "key": str(tmp_path / "none.pem")}
    with pytest.raises(CannotStart, match=r"certificates \(tls\)"):
        await start(reactor, reactor, settings(tmp_path, tls=tls), SystemIds())


async def test_damaged_files_hinder_the_start(tmp_path: Path) -> None:
    """Whatever is wrong with them."""
    kms = await home(tmp_path)
    await kms.running.ledger.change(lambda state: evolve(state, disabled=frozenset({"video"})))
    await kms.running.stop()
    path = tmp_path / "vault" / "state"
    path.write_bytes(path.read_bytes()[:-1] + os.urandom(1))
    with pytest.raises(CannotStart, match="state is damaged"):
        await home(tmp_path)
    path.write_bytes(b"something else")
    with pytest.raises(CannotStart, match="no file of a key management server"):
        await home(tmp_path)


async def test_keys_of_an_issuer_that_are_not_there(tmp_path: Path) -> None:
    """Named by file."""
    told = settings(tmp_path, access={"tokens": {"issuer": ISSUER, "keys": str(tmp_path / "no.json")}})
    with pytest.raises(CannotStart, match=r"no\.json"):
        await start(reactor, reactor, told, SystemIds())
