from itertools import product

import pytest

from seal.access import AccessRefused, Asker
from seal.cms.rules import CmsRules
from seal.xcap.errors import Refused
from valkit.documents import profile_selector, ue_configuration_selector
from valkit.xcap import DocumentSelector

ALICE = Asker("alice", ("ptt",))
OTHER_SERVICE = Asker("alice", ("video",))
BOB = Asker("bob", ("ptt",))
SERVER = Asker(asserted="ptt")
OTHER_SERVER = Asker(asserted="video")
OWN = profile_selector("ptt", "alice")
OWN_CONFIGURATION = ue_configuration_selector("ptt", "alice")
ALL = ue_configuration_selector("ptt")


def may(rules: CmsRules, asker: Asker, method: str, selector: DocumentSelector) -> bool:
    """Say whether it may be done."""
    try:
        rules.require(asker, method, selector, None)
    except AccessRefused:
        return False
    return True


@pytest.mark.parametrize(
    ("asker", "readable"),
    [
        (ALICE, {OWN, OWN_CONFIGURATION, ALL}),
        (BOB, {ALL}),
        (OTHER_SERVICE, set()),
        (SERVER, {OWN, OWN_CONFIGURATION, ALL}),
        (OTHER_SERVER, set()),
    ],
)
def test_who_reads_what(asker: Asker, readable: set[DocumentSelector]) -> None:
    """The table of the module; nobody writes unless policy says so."""
    rules = CmsRules()
    for selector, method in product((OWN, OWN_CONFIGURATION, ALL), ("GET", "HEAD")):
        assert may(rules, asker, method, selector) == (selector in readable)
    for selector, method in product((OWN, OWN_CONFIGURATION, ALL), ("PUT", "DELETE")):
        assert not may(rules, asker, method, selector)


def test_users_write_what_policy_lets_them_write() -> None:
    """Their own, apart for profile and configuration; never what is for all."""
    profiles, configurations = CmsRules(users_write_profiles=True), CmsRules(users_write_configurations=True)
    assert [may(profiles, ALICE, "PUT", each) for each in (OWN, OWN_CONFIGURATION, ALL)] == [True, False, False]
    assert [may(configurations, ALICE, "PUT", each) for each in (OWN, OWN_CONFIGURATION, ALL)] == [False, True, False]
    for asker in (BOB, SERVER, OTHER_SERVICE):
        assert not may(profiles, asker, "PUT", OWN)


def test_a_server_may_be_for_some_val_services() -> None:
    """Others are not there."""
    rules = CmsRules(services=("ptt",))
    rules.usage(OWN)
    with pytest.raises(Refused):
        rules.usage(profile_selector("video", "alice"))
    assert rules.auids == ("ptt",)
