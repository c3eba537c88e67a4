"""The examples of the identity server are what they say: read as they are, their comments true, their user let in."""

import re
from pathlib import Path

from argon2 import PasswordHasher

from seal.idms.provisioning.provisioning import Provisions
from seal.idms.settings import IdmsSettings
from valkit.settings import read

EXAMPLES = Path(__file__).parents[3] / "examples"


def example(name: str) -> str:
    """Read an example."""
    return (EXAMPLES / f"{name}.yaml").read_text("utf-8")


def test_what_a_comment_shows_holds_without_it() -> None:
    """Each value behind a `#` without a space is the one that is taken when it is left out."""
    shown = re.sub(r"^#(?=(  )?[a-z_]+:)", "", example("idms"), flags=re.MULTILINE)
    assert shown != example("idms")
    assert read(IdmsSettings, shown, "idms.yaml") == read(IdmsSettings, example("idms"), "idms.yaml")


def test_the_users_password_is_the_one_that_is_told() -> None:
    """So that a first log-in works."""
    (alice,) = read(Provisions, example("idms-users"), "idms-users.yaml").users
    (password,) = re.findall(r"her password is: (.*)", example("idms-users"))
    assert PasswordHasher().verify(str(alice.password_hash), password)


def test_the_settings_name_the_users() -> None:
    """From where the project is."""
    settings = read(IdmsSettings, example("idms"), "idms.yaml")
    assert settings.provisioning == Path("examples/idms-users.yaml")
