"""The files under examples/ are what the README says they are, and their comments tell the truth."""

import re
from pathlib import Path

import pytest

from seal.idms.entries import Provisions
from seal.idms.settings import IdmsSettings
from sipcore_stub.settings import CoreSettings
from ue_sim.settings import UeSettings
from valkit.settings import Settings, read
from valserver.settings import ServerSettings

EXAMPLES = Path(__file__).parents[1] / "examples"
MODELS: dict[str, type[Settings]] = {
    "core": CoreSettings,
    "idms": IdmsSettings,
    "idms-users": Provisions,
    "ue": UeSettings,
    "valserver": ServerSettings,
}


def example(name: str) -> str:
    """Read an example."""
    return (EXAMPLES / f"{name}.yaml").read_text("utf-8")


def with_comments_taken_in(text: str) -> str:
    """Give an example in which what is commented out counts: a `#` without a space behind it."""
    return re.sub(r"^( *)#(?=( {2,})?[a-z_]+:)", r"\1", text, flags=re.MULTILINE)


def test_there_is_one_for_each_program() -> None:
    """No example is left untested."""
    assert {path.stem for path in EXAMPLES.iterdir()} == set(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_an_example_is_read_as_it_is(name: str) -> None:
    """Nothing has to be changed for a first try."""
    read(MODELS[name], example(name), name)


@pytest.mark.parametrize("name", ["core", "valserver"])
def test_what_it_says_holds_without_it_does(name: str) -> None:
    """Each value shown in a comment is the one that is taken when it is left out."""
    shown = with_comments_taken_in(example(name))
    assert shown != example(name)
    assert read(MODELS[name], shown, name) == read(MODELS[name], example(name), name)


def test_core_server_and_phone_belong_together() -> None:
    """The core sends to where the server listens, and knows the phone and its keys."""
    core = read(CoreSettings, example("core"), "core")
    server = read(ServerSettings, example("valserver"), "valserver")
    phone = read(UeSettings, example("ue"), "ue")
    assert {each.server_name for each in core.filter_criteria} == {
        f"sip:{server.listen[0].host}:{server.listen[0].port}"
    }
    assert phone.core in core.pcscf.listen
    (subscriber,) = core.subscribers
    assert (subscriber.impi, subscriber.k, subscriber.opc) == (phone.impi, phone.usim.k, phone.usim.opc)
