from cryptography import x509

from seal.idms.tokens.certificates import certificate
from seal.idms.tokens.trust import read_keys
from valkit.tokens import SigningKey

NOW = 1_795_000_000.0
HOME = "https://idms.home.example"


def test_a_certificate_carries_the_key_and_says_whose_it_is() -> None:
    """It holds against itself, and for as long as was wished for."""
    for algorithm in ("ES256", "RS256"):
        key = SigningKey.generate(algorithm)
        pem = certificate(key, HOME, NOW, 3600.0)
        read = x509.load_pem_x509_certificate(pem.encode())
        read.verify_directly_issued_by(read)
        names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.UniformResourceIdentifier) == [HOME]
        [trusted] = read_keys(pem)
        assert trusted.may_verify(key.kid, NOW)
        assert not trusted.may_verify(key.kid, NOW + 3601)
        assert not trusted.may_verify(key.kid, NOW - 301)
        assert trusted.key.thumbprint() == key.kid


def test_a_long_name_is_cut_where_names_are_short() -> None:
    """And whole where they may be long."""
    issuer = f"https://{'a' * 80}.example"
    read = x509.load_pem_x509_certificate(certificate(SigningKey.generate(), issuer, NOW, 60.0).encode())
    assert read.subject.rfc4514_string() == f"CN={issuer[:64]}"
