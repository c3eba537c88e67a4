from harness.seen.cast import CORE, UE, VALSERVER, Cast, apart, within
from tests.harness.scenes import CAST
from valkit.sip import Hop


def test_an_address_is_known_by_its_host() -> None:
    """Ports differ from run to run and from transport to transport; the host says who it is."""
    assert CAST.name(Hop("tcp", "127.0.0.23", 40_123)) == "scscf"


def test_a_stranger_goes_by_its_address() -> None:
    """Who is not of the lab is called by the address it speaks from."""
    assert CAST.name(Hop("udp", "192.0.2.7", 5060)) == "192.0.2.7"


def test_a_name_may_be_called_by_its_part() -> None:
    """A phone is a UE and each element is of the core; a part is not another one."""
    assert CAST.plays("alice", "alice")
    assert CAST.plays("alice", UE)
    assert CAST.plays("pcscf", CORE)
    assert CAST.plays("hss", CORE)
    assert not CAST.plays(VALSERVER, CORE)
    assert not CAST.plays("scscf", "icscf")


def test_a_core_all_at_one_address_is_each_of_its_elements() -> None:
    """Nobody can tell its P-CSCF from its S-CSCF by where they send from."""
    cast = Cast({"192.0.2.21": CORE, "192.0.2.31": "partner.core"}, {"alice"})
    assert cast.name(Hop("udp", "192.0.2.21", 5062)) == CORE
    assert all(cast.plays(CORE, element) for element in ("pcscf", "scscf", CORE))
    assert cast.plays("partner.core", "partner.scscf")
    assert not cast.plays("partner.core", "scscf")
    assert not cast.plays(CORE, VALSERVER)


def test_titles_are_those_of_the_figures() -> None:
    """A phone is shown with its name, an element with its own."""
    assert CAST.title("alice") == "UE alice"
    assert CAST.title("scscf") == "S-CSCF"
    assert CAST.title("192.0.2.7") == "192.0.2.7"


def test_a_part_of_a_second_domain_has_its_name_before_its_own() -> None:
    """So it plays the same part, and is still told from the one at home."""
    cast = Cast({"127.0.1.23": "partner.scscf", "127.0.1.11": "partner.alice"}, {"alice", "partner.alice"})
    assert within("partner", "scscf") == cast.host_name("127.0.1.23")
    assert apart("partner.scscf") == ("partner", "scscf")
    assert apart("scscf") == ("", "scscf")
    assert cast.plays("partner.scscf", "partner.core")
    assert not cast.plays("partner.scscf", "core")
    assert cast.plays("partner.alice", "ue")
    assert cast.title("partner.idms") == "Partner S-IdMS"
    assert cast.title("partner.alice") == "Partner UE alice"
