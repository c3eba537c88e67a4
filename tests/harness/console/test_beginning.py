from pathlib import Path, PurePath

import pytest

from harness.console.beginning import beginning
from harness.language.places import read_checked, staged
from harness.plans.lab import read_lab
from valkit.sip.hop import Hop


@pytest.mark.parametrize("valserver", [None, Hop("udp", "192.0.2.31", 5060)], ids=str)
def test_what_one_begins_with_is_right(valserver: Hop | None, tmp_path: Path) -> None:
    """Whatever part is the user's, every file is what `val check` takes."""
    for name, text in beginning(PurePath("mine"), valserver).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    plan = read_checked(tmp_path / "labs" / "mine.yaml")
    outside = plan.domains[""].valserver.external
    assert (outside and outside.address) == valserver
    first = staged(tmp_path / "first.yaml", "first.yaml")
    assert len(first) == 2
    assert len(staged(tmp_path / "strict.yaml", "strict.yaml")) == 1


@pytest.mark.parametrize("name", ["a: b", "a #b", "- x", "*", "{x}", '"q', "'q", " a", "ä", "{{ x }}"])
def test_a_folder_may_have_any_name(name: str, tmp_path: Path) -> None:
    """The lab is read as it was meant."""
    (tmp_path / "lab.yaml").write_text(beginning(tmp_path / name, Hop("udp", "127.0.0.1", 5060))["labs/mine.yaml"])
    (tmp_path / name).mkdir()
    external = read_lab(tmp_path / "lab.yaml")[0].domains[""].idms.external
    assert external is not None
    assert external.signing_key == tmp_path / name / "key.pem"


def test_a_server_of_ones_own_is_given_a_key_that_stands_where_the_lab_looks() -> None:
    """Paths are seen from where val runs, which may be anywhere."""
    lab = beginning(PurePath("/to/mine"), Hop("udp", "192.0.2.31", 5060))["labs/mine.yaml"]
    assert 'signing_key: "/to/mine/key.pem"' in lab
    assert 'address: "udp:192.0.2.31:5060"' in lab
