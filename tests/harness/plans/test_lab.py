from pathlib import Path

import pytest

from harness.plans.lab import overlaid, read_lab
from valkit.settings import SettingsError

LAB = """\
domain: home.example
issuer: {url: "https://idms.home.example"}
ues:
  alice:
    impi: alice@home.example
    impus: ["sip:alice@home.example"]
    k: 465b5ce8b199b49faa5f0a2ee238a6bc
    opc: cd63cb71954a9f4e48a5994e37a02baf
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a lab."""
    (tmp_path / "home.yaml").write_text(LAB)
    return tmp_path


def test_a_lab_has_everything_built_in_by_default(folder: Path) -> None:
    """A domain, an issuer and a phone are enough to say."""
    plan, _ = read_lab(folder / "home.yaml")
    assert not plan.valserver.process
    assert plan.valserver.store == "memory"
    assert plan.ues["alice"].subscribed


def test_a_lab_may_be_like_another(folder: Path) -> None:
    """What is written comes on top, member by member; everything else is taken over."""
    (folder / "killable.yaml").write_text("like: home\nvalserver: {process: yes}\n")
    plan, _ = read_lab(folder / "killable.yaml")
    assert plan.valserver.process
    assert plan.domain == "home.example"


def test_a_lab_like_nothing_is_refused(folder: Path) -> None:
    """With a guess what was meant."""
    (folder / "odd.yaml").write_text("like: hmoe\n")
    with pytest.raises(SettingsError, match=r"odd.yaml:1:7: like: there is no labs/hmoe.yaml"):
        read_lab(folder / "odd.yaml")


def test_labs_that_are_like_each_other_are_refused(tmp_path: Path) -> None:
    """With the way round, at the line that closes it."""
    labs = tmp_path / "labs"
    labs.mkdir()
    for name, model in ("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"):
        (labs / f"{name}.yaml").write_text(f"# {name}\nlike: {model}\n")
    for first in "a", "d":
        with pytest.raises(
            SettingsError, match=r"c.yaml:2:7: like: leads back to itself \(a is like b is like c is like a\)"
        ):
            read_lab(labs / f"{first}.yaml")


def test_a_lab_file_is_one_document(folder: Path) -> None:
    """A second document is a mistake, not a second lab."""
    (folder / "two.yaml").write_text(LAB + "---\n" + LAB)
    with pytest.raises(SettingsError, match="begins a second document"):
        read_lab(folder / "two.yaml")


def test_keys_are_not_shown(folder: Path) -> None:
    """A plan may be printed; K and OPc stay out of it."""
    plan, _ = read_lab(folder / "home.yaml")
    assert "465b5ce8" not in repr(plan)
    assert "cd63cb71" not in repr(plan)


def test_every_name_a_scenario_may_use_is_known(folder: Path) -> None:
    """Phones by name, and the parts of the figures."""
    plan, _ = read_lab(folder / "home.yaml")
    assert {"alice", "ue", "core", "scscf", "valserver"} <= plan.names


def test_values_are_laid_over_each_other() -> None:
    """Mappings member by member, lists and texts as a whole."""
    assert overlaid({"a": {"b": 1, "c": [1]}}, {"a": {"c": [2]}, "d": 3}) == {"a": {"b": 1, "c": [2]}, "d": 3}


def test_a_lab_of_ones_own_may_be_like_one_of_ours(tmp_path: Path) -> None:
    """It is found as a scenario beside it would find it; one of the same name is like that one, and not like itself."""
    (tmp_path / "labs").mkdir()
    for name in ("mine", "home"):
        file = tmp_path / "labs" / f"{name}.yaml"
        file.write_text("like: home\ndomain: mine.example\n")
        assert read_lab(file)[0].domain == "mine.example"


@pytest.mark.parametrize("name", ["core", "ue", "scscf", "partner.alice"])
def test_a_phone_has_no_name_of_another_part(folder: Path, name: str) -> None:
    """Else nobody could tell which of them a scenario means."""
    (folder / "home.yaml").write_text(LAB.replace("alice:\n", f"{name}:\n"))
    with pytest.raises(SettingsError, match=rf"ues: {name} is what scenarios call another part"):
        read_lab(folder / "home.yaml")


@pytest.mark.parametrize("more", ["gateway: {}\n", "gateway: {}\npartner: {like}\n", "partner: {like, gateway: {}}\n"])
def test_a_gateway_alone_leads_nowhere(folder: Path, more: str) -> None:
    """Both domains have one, or none has."""
    phone = "{impi: a@p.example, impus: ['sip:a@p.example'], k: '" + "0" * 32 + "', opc: '" + "0" * 32 + "'}"
    (folder / "home.yaml").write_text(LAB + more.replace("like", f"domain: p.example, ues: {{alice: {phone}}}"))
    with pytest.raises(SettingsError, match="one domain alone has a gateway"):
        read_lab(folder / "home.yaml")
