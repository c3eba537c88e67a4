from itertools import product
from typing import Any

import pytest

from harness.plans.addresses import NUMBERS, PHONES, Hosts


def test_the_home_domain_is_where_it_always_was() -> None:
    """Scenarios and captures show these addresses."""
    home = Hosts()
    assert home.of("idms.authorization") == "127.0.0.2"
    assert home.of("idms.token") == "127.0.0.3"
    assert home.of("pcscf") == "127.0.0.21"
    assert home.phone(0) == "127.0.0.11"


def test_nobody_shares_an_address() -> None:
    """Not within a domain, nor with the other one, nor with another run."""
    everybody = [
        address
        for block, domain in product((0, 1), ("", "partner"))
        for hosts in [Hosts(block, domain)]
        for address in [*map(hosts.of, NUMBERS), *map(hosts.phone, range(len(PHONES)))]
    ]
    assert len(everybody) == len(set(everybody))


def test_the_parts_of_the_second_domain_have_its_name() -> None:
    """Each site is that of its part."""
    parts = Hosts(domain="partner").parts()
    assert parts["127.0.1.23"] == "partner.scscf"
    assert parts["127.0.1.2"] == parts["127.0.1.3"] == parts["127.0.1.4"] == "partner.idms"


def test_who_talks_to_another_machine_is_where_it_can_be_answered() -> None:
    """And is known there."""
    hosts = Hosts(moved={"scscf": "192.0.2.90"})
    assert hosts.of("scscf") == "192.0.2.90"
    assert hosts.parts()["192.0.2.90"] == "scscf"
    assert hosts.of("pcscf") == "127.0.0.21"


@pytest.mark.parametrize("told", [{"block": 256}, {"block": -1}, {"domain": "elsewhere"}])
def test_there_are_no_other_addresses(told: dict[str, Any]) -> None:
    """An octet ends at 255, and a lab has two domains."""
    with pytest.raises(ValueError, match=r"block|domain"):
        Hosts(**told)
