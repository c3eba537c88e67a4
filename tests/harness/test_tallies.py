"""What programs count is what they note: `harness.seen.notes` knows their notes, and each tally is of those."""

import pytest

from harness.seen.cast import CMS, GATEWAY, GMS, HSS, IDMS, KMS, PROXY, SCSCF, VALSERVER
from harness.seen.notes import NOTED, Word
from seal.idms.tallies import TALLIES as OF_IDMS
from seal.kms.tallies import TALLIES as OF_KMS
from seal.management.tallies import TALLIES as OF_MANAGEMENT
from seal.proxy.tallies import TALLIES as OF_PROXY
from sipcore_stub.tallies import TALLIES as OF_CORE
from valkit.tallies import Tally
from valserver.gateway.tallies import TALLIES as OF_GATEWAY
from valserver.tallies import TALLIES as OF_VALSERVER

PROGRAMS = [
    ((VALSERVER,), OF_VALSERVER),
    ((GATEWAY,), OF_GATEWAY),
    ((HSS, SCSCF), OF_CORE),
    ((IDMS,), OF_IDMS),
    ((KMS,), OF_KMS),
    ((CMS,), OF_MANAGEMENT),
    ((GMS,), OF_MANAGEMENT),
    ((PROXY,), OF_PROXY),
]
PERSONAL = {"impu", "impi", "user", "val_user_id", "jti", "asker", "client", "peer", "path", "entry", "whose", "family"}


def words(elements: tuple[str, ...]) -> dict[str, Word]:
    """Give what these elements note."""
    return {word.what: word for element in elements for word in NOTED[element]}


@pytest.mark.parametrize(("elements", "tallies"), PROGRAMS)
def test_every_tally_counts_what_its_program_notes(elements: tuple[str, ...], tallies: tuple[Tally, ...]) -> None:
    """By fields that at least one of these notes has; a slip in either would count nothing for ever."""
    noted = words(elements)
    for tally in tallies:
        assert tally.notes <= noted.keys()
        there = {field for what in tally.notes for field in noted[what].fields}
        caused = any(noted[what].causes or noted[what].free for what in tally.notes)
        assert tally.by.keys() <= there | ({"cause"} if caused else set())


@pytest.mark.parametrize(("elements", "tallies"), PROGRAMS)
def test_every_declared_cause_is_counted_by_its_name(elements: tuple[str, ...], tallies: tuple[Tally, ...]) -> None:
    """None of those that a program may give is lumped together as `other`."""
    noted = words(elements)
    for tally in tallies:
        if "cause" in tally.by:
            for what in tally.notes:
                assert set(noted[what].causes) <= tally.by["cause"] | ALL_SERVERS, what


ALL_SERVERS = frozenset(cause for cause in NOTED[KMS][-1].causes if cause not in OF_MANAGEMENT[-1].by["cause"])
"""`harness.seen.notes` declares the S-KMS's own causes for every server that asks who asks."""


@pytest.mark.parametrize(("elements", "tallies"), PROGRAMS)
def test_no_label_tells_who(elements: tuple[str, ...], tallies: tuple[Tally, ...]) -> None:
    """Neither identities nor tokens nor paths, and each name is of Prometheus's kind."""
    del elements
    for tally in tallies:
        assert not tally.by.keys() & PERSONAL
        assert tally.name.startswith("val_")
        assert not tally.name.endswith("_total")
