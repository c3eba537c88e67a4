from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography.x509 import SubjectAlternativeName, load_pem_x509_certificate

from valkit.net.ca import CERTIFICATE, Authority, authority_in
from valkit.net.certificates import TlsSettings, UnusableCertificates
from valkit.net.tls import Tls
from valkit.settings import SettingsError, read
from valkit.sip.hop import Hop

TLS_HOP, UDP_HOP = Hop("tls", "127.0.0.21", 5061), Hop("udp", "127.0.0.21", 5060)


@pytest.fixture
def own(tmp_path: Path) -> TlsSettings:
    """Give settings with a certificate of one's own."""
    shown = Authority.create().server("127.0.0.1")
    (tmp_path / "own.pem").write_bytes(shown.certificate or b"")
    (tmp_path / "own-key.pem").write_bytes(shown.key or b"")
    return TlsSettings(certificate=tmp_path / "own.pem", key=tmp_path / "own-key.pem")


def names(tls: Tls) -> set[str]:
    """Give the names and addresses of a certificate."""
    assert tls.certificate is not None
    alternative = load_pem_x509_certificate(tls.certificate).extensions.get_extension_for_class(SubjectAlternativeName)
    return {str(name.value) for name in alternative.value}


def test_without_a_word_the_lab_authority_vouches(tmp_path: Path) -> None:
    """For the address and whatever names are told beside it; its clients trust it."""
    settings = TlsSettings(authority=tmp_path / "ca", names=("pcscf.home.example", "127.0.0.21"))
    shown = settings.server("127.0.0.21")
    assert names(shown) == {str(ip_address("127.0.0.21")), "pcscf.home.example"}
    assert shown.authorities == (tmp_path / "ca" / CERTIFICATE).read_bytes() == settings.client().authorities
    assert settings.shows
    assert TlsSettings(authority=tmp_path / "new").trusted().read_bytes()


def test_an_own_certificate_is_shown_as_it_is(own: TlsSettings, tmp_path: Path) -> None:
    """Then no lab authority is made."""
    assert own.certificate is not None
    assert own.server("127.0.0.21").certificate == own.certificate.read_bytes()
    assert own.client().authorities == own.certificate.read_bytes() == own.trusted().read_bytes()
    assert own.shows
    assert not (tmp_path / "val-ca").exists()


def test_whom_to_trust_may_be_told(own: TlsSettings, tmp_path: Path) -> None:
    """Without a certificate that makes a mere client, with nothing to listen with."""
    others = Authority.create().pem
    (tmp_path / "others.pem").write_bytes(others)
    client = TlsSettings(authorities=tmp_path / "others.pem")
    assert (client.client(), client.shows, client.trusted()) == (Tls(others), False, tmp_path / "others.pem")
    both = own.model_copy(update={"authorities": tmp_path / "others.pem"})
    assert (both.server("127.0.0.1").authorities, both.client().authorities, both.shows) == (others, others, True)


def test_an_element_has_what_its_addresses_need(tmp_path: Path) -> None:
    """Nothing without TLS, a certificate to listen with, and trust alone for who only opens connections."""
    settings = TlsSettings(authority=tmp_path / "ca")
    assert settings.element([UDP_HOP]) is None
    listening = settings.element([UDP_HOP, TLS_HOP])
    assert listening is not None
    assert names(listening) == {"127.0.0.21"}
    assert settings.element([UDP_HOP], always=True) == authority_in(tmp_path / "ca").trusting()


@pytest.mark.parametrize("text", ["", "nothing in PEM"])
def test_what_cannot_be_used_is_told_in_a_sentence(own: TlsSettings, tmp_path: Path, text: str) -> None:
    """A missing file, or one that holds something else."""
    assert own.key is not None
    own.key.unlink()
    if text:
        own.key.write_text(text)
    with pytest.raises(UnusableCertificates, match=r"The certificates \(tls\) cannot be used: "):
        own.server("127.0.0.1")
    missing = TlsSettings(authorities=tmp_path / "none.pem")
    with pytest.raises(UnusableCertificates, match=r"none.pem"):
        missing.client()


def test_certificate_and_key_belong_together() -> None:
    """One without the other is a fault of the settings."""
    with pytest.raises(SettingsError, match="give both or none"):
        read(TlsSettings, "certificate: own.pem", "core.yaml")
