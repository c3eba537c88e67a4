"""Certificates of other domains' KMSs."""

from pathlib import Path

import pytest
from attrs import evolve

from seal.errors import CannotStart
from seal.kms.errors import Cause, KmsRefused
from seal.kms.external import Externals, certificates
from seal.kms.kept import State
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


def test_one_that_is_taken_goes_before_one_of_the_settings() -> None:
    """And takes the place of an older one of its KMS; left, the one of the settings is there again."""
    externals = Externals("kms.home.example", (THEIRS.external(),))
    state = externals.numbered(State())
    newer = evolve(THEIRS, issuer="anew")
    taken = externals.taken(externals.taken(state, evolve(THEIRS, issuer="first")), newer)
    assert externals.all(taken) == (newer.external(),)
    left = externals.left(taken, KMS_URI)
    assert externals.all(left) == (THEIRS.external(),)
    assert [each.cache_number for each in (state, taken, left)] == [1, 3, 4]


def test_there_is_room_for_so_many() -> None:
    """As many as a message has; and never for our own."""
    externals, state = Externals("kms.home.example"), State()
    for number in range(32):
        state = externals.taken(state, evolve(THEIRS, kms_uri=f"kms{number}.example"))
    with pytest.raises(KmsRefused) as refused:
        externals.taken(state, THEIRS)
    assert refused.value.cause is Cause.NO_ROOM
    with pytest.raises(KmsRefused) as refused:
        externals.taken(State(), evolve(THEIRS, kms_uri="kms.home.example"))
    assert refused.value.cause is Cause.ANOTHER_KMS
