"""Certificates of other domains' KMSs."""

from pathlib import Path

import pytest
from attrs import evolve

from seal.errors import CannotStart
from seal.kms.external import certificates
from tests.seal.kms.in_memory import AUTHORITY
from tests.vectors.streamwide_kms import KMS_URI, KPAK, PERIOD, Z
from valkit.idbased.uid import KeyPeriods
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.markup import document
from valkit.keymanagement.responses import KmsCertCache, KmsInit, KmsResponse

THEIRS = Certificate(KMS_URI, KeyPeriods(PERIOD), Z, KPAK)


def test_a_certificate_or_the_answer_it_came_in(tmp_path: Path) -> None:
    """Either is read, and given to users as another KMS's."""
    one, two = tmp_path / "one.xml", tmp_path / "two.xml"
    one.write_bytes(document(THEIRS.element()))
    two.write_bytes(bytes(KmsResponse("a", "k", 1.0, "/", message=KmsInit(AUTHORITY.certificate))))
    assert certificates([one, two]) == (THEIRS.external(), AUTHORITY.certificate.external())


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        bytes(KmsResponse("a", "k", 1.0, "/", message=KmsCertCache(1, ()))),
        document(evolve(THEIRS, z=Z[:-1] + b"\0").element()),
        document(evolve(THEIRS, kpak=KPAK[:-1] + b"\0").element()),
    ],
)
def test_a_file_without_one(tmp_path: Path, content: bytes | None) -> None:
    """Named, with what is wrong; keys that are off their curves are none."""
    path = tmp_path / "theirs.xml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CannotStart, match=r"theirs\.xml has no KMS certificate"):
        certificates([path])
