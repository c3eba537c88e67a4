"""OpenSSL and PyJWT as witnesses of what goes from one domain to another: each takes what the other has made."""

import subprocess
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography import x509

from seal.idms.tokens.certificates import certificate
from seal.idms.tokens.signed import unverified_header
from tests.seal.idms.domains import AWAY, HOME, NOW, Domains
from tests.seal.idms.parts import claims


@pytest.fixture
def domains(tmp_path: Path) -> Domains:
    """Give two domains."""
    return Domains(tmp_path)


def test_pyjwt_verifies_our_security_token_with_our_certificate(domains: Domains) -> None:
    """As another maker's partner would, who was given the certificate."""
    token = domains.security_token()
    pem = certificate(domains.home.keys.signer("ES256"), HOME, NOW, 3600.0)
    key: Any = x509.load_pem_x509_certificate(pem.encode()).public_key()
    said = jwt.decode(token, key, ["ES256"], {"verify_exp": False, "verify_iat": False}, audience=AWAY, issuer=HOME)
    assert (said["sub"], said["aud"]) == ("alice", ["app", AWAY])


@pytest.mark.parametrize(
    ("algorithm", "make"),
    [
        ("ES256", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]),
        ("RS256", ["-newkey", "rsa:2048"]),
        ("PS256", ["-newkey", "rsa:2048"]),
    ],
)
def test_a_token_by_pyjwt_is_taken_with_a_certificate_by_openssl(
    domains: Domains, tmp_path: Path, algorithm: str, make: list[str]
) -> None:
    """Whose key has a name of its own, which nobody here knows."""
    key, pem = tmp_path / "key.pem", tmp_path / "cert.pem"
    files = ["-keyout", str(key), "-out", str(pem)]
    command = ["openssl", "req", "-x509", "-nodes", *make, *files, "-subj", "/CN=idms.home.example", "-days", "3650"]
    subprocess.run(command, check=True, capture_output=True)
    begins = x509.load_pem_x509_certificate(pem.read_bytes()).not_valid_before_utc.timestamp()
    domains.away.change_partner(HOME, keys=pem.read_text())
    now = begins + 60
    said = {"iss": HOME, "sub": "alice", "aud": ["app", AWAY], "exp": now + 60, "iat": now}
    token = jwt.encode(said, key.read_text(), algorithm, {"kid": "2026-11"})
    assert unverified_header(token)["typ"] == "JWT"
    assert claims(str(domains.bring(token, now)["access_token"]))["sub"] == "visitor"
