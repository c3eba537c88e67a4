"""What a phone is told of its identity server: how the app proves itself follows from what it has."""

from pathlib import Path
from typing import Any

import pytest

from tests.ue_sim.identity.op import AUTHORITY
from ue_sim.identity.proof import NoProof, SecretInForm, SecretInHeader, SignedAssertion
from ue_sim.identity.settings import IdentitySettings
from valkit.settings import SettingsError, read
from valkit.tokens import SigningKey


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a secret, a key and an authority, and be there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_text("s3cret of the app\n# not this\n")
    (tmp_path / "key.pem").write_text(SigningKey.generate().pem())
    (tmp_path / "ca.pem").write_bytes(AUTHORITY.pem)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    return tmp_path


def identity(**more: Any) -> IdentitySettings:
    """Read a block that says this, too."""
    said = {"issuer": "https://127.0.0.3:8443", "client_id": "app", "authority": "ca.pem", **more}
    return read(IdentitySettings, str({name: str(value) for name, value in said.items()}), "ue.yaml")


def test_what_the_app_has_says_how_it_proves_itself(told: Path) -> None:
    """A key signs, a secret goes into the header, and nothing needs nothing; only the form has to be asked for."""
    assert identity().registration().proof == NoProof()
    assert identity(client_secret="secret").registration().proof == SecretInHeader("s3cret of the app")
    posted = identity(client_secret="secret", auth_method="client_secret_post")
    assert posted.registration().proof == SecretInForm("s3cret of the app")
    assert isinstance(identity(client_key="key.pem").registration().proof, SignedAssertion)
    assert identity().trusted() == AUTHORITY.trusting()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"issuer": "http://127.0.0.3:8443"}, "expected something like https://127.0.0.3:8443"),
        ({"client_secret": "secret", "client_key": "key.pem"}, "client_secret and client_key for auth_method private"),
        ({"auth_method": "private_key_jwt"}, "(expected client_key)"),
        ({"auth_method": "client_secret_post", "client_key": "key.pem"}, "(expected client_secret)"),
        ({"auth_method": "none", "client_secret": "secret"}, "(expected neither client_secret nor client_key)"),
        ({"auth_method": "private_key_jws"}, "did you mean private_key_jwt?"),
        ({"pasword": "x"}, "is not known"),
    ],
)
def test_what_does_not_fit_together_is_refused(more: dict[str, str], sentence: str) -> None:
    """With what would."""
    with pytest.raises(SettingsError) as caught:
        identity(**more)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("more", "error", "sentence"),
    [
        ({"client_secret": "absent"}, OSError, "absent"),
        ({"client_secret": "binary"}, ValueError, "binary is no text"),
        ({"client_key": "ca.pem"}, ValueError, "ca.pem: There is no private key in PEM"),
    ],
)
def test_a_file_of_no_use_is_named(told: Path, more: dict[str, str], error: type[Exception], sentence: str) -> None:
    """So that it can be mended."""
    with pytest.raises(error, match=sentence):
        identity(**more).registration()


def test_an_authority_of_no_use_is_named(told: Path) -> None:
    """Nobody is trusted by mistake."""
    with pytest.raises(ValueError, match=r"key\.pem: There is no certificate in PEM"):
        identity(authority="key.pem").trusted()
