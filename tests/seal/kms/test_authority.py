"""What a KMS makes of its master secrets."""

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from seal.kms.authority import Authority, Damaged, MasterSecrets
from tests.seal.kms.in_memory import AUTHORITY, SECRETS
from valkit.idbased.uid import KeyPeriods
from valkit.ids import SeededIds, SystemIds


def test_the_same_keys_each_time() -> None:
    """For the same identity and secrets; so that none of them need to be kept."""
    again = Authority(MasterSecrets.parse(bytes(SECRETS)), AUTHORITY.certificate)
    assert again.key_set("alice", 7) == AUTHORITY.key_set("alice", 7)


def test_others_for_any_other_identity() -> None:
    """Another user, another period, other secrets: every part differs."""
    other = Authority.of(MasterSecrets.generate(SeededIds("other"), 0.0), "kms.home.example", KeyPeriods(), 1e9)
    sets = [AUTHORITY.key_set("alice", 7), AUTHORITY.key_set("alice", 8), AUTHORITY.key_set("bob", 7)]
    sets.append(other.key_set("alice", 7))
    for part in ("rsk", "ssk", "pvt"):
        assert len({getattr(each, part) for each in sets}) == 4


def test_the_number_v_is_nobodys_to_foresee() -> None:
    """With another seed the same master secrets give another SSK, which is as good, and the same RSK."""
    seeded = Authority(evolve(SECRETS, seed=bytes(32)), AUTHORITY.certificate)
    one, two = AUTHORITY.key_set("alice", 7), seeded.key_set("alice", 7)
    assert one.ssk != two.ssk
    assert one.pvt != two.pvt
    assert one.rsk == two.rsk
    for each in (one, two):
        SECRETS.ksak.public.accept(each.uid, each.ssk, each.pvt)


def test_what_the_certificate_says() -> None:
    """Its name is made of its keys; it holds from when the secrets were made."""
    made = Authority.of(SECRETS, "kms.x", KeyPeriods(100, 3), 50.0, issuer="home", domains=("a", "b")).certificate
    assert (made.issuer, made.domains, made.periods) == ("home", ("a", "b"), KeyPeriods(100, 3))
    assert (made.valid_from, made.valid_to) == (SECRETS.made, SECRETS.made + 50.0)
    assert made.cert_uri == f"{made.fingerprint[:16]}.kms.x"
    assert AUTHORITY.key_set("alice", 7).cert_uri == AUTHORITY.certificate.cert_uri


def test_secrets_are_kept_whole_and_not_shown() -> None:
    """What is read is what was written."""
    made = MasterSecrets.generate(SystemIds(), 12.5)
    assert MasterSecrets.parse(bytes(made)) == made
    assert made.made == 12.0
    for secret in (bytes(made.ksak), bytes(made.z), made.seed):
        assert secret.hex() not in repr(made)
        assert str(int.from_bytes(secret)) not in repr(made)


@given(st.binary(max_size=100) | st.sampled_from([b"{}", b"[]", b"7", bytes(SECRETS)[:-1], b'{"made": null}']))
def test_what_are_no_secrets(kept: bytes) -> None:
    """Nothing else comes of it."""
    with pytest.raises(Damaged):
        MasterSecrets.parse(kept)
