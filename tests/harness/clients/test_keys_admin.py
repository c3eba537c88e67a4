"""The operator by command; what a running server answers is in `tests.harness.commands.test_kms`."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from harness.clients.keys_admin import asked
from tests.seal.kms.parts import settings
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT


def config(folder: Path, **admin: object) -> Path:
    """Write the settings of a server that nobody has started."""
    told = settings(folder).model_dump(mode="json", exclude_unset=True) | ({"admin": admin} if admin else {})
    with (folder / "kms.yaml").open("w") as file:
        YAML(typ="safe").dump(told, file)
    return folder / "kms.yaml"


def requester(folder: Path, *, operator: bool) -> dict[str, object]:
    """Give one who may ask."""
    return {"name": "one", "token_file": str(folder / "one.token"), "operator": operator}


@pytest.mark.parametrize(
    ("admin", "code", "says"),
    [
        (False, BAD_INPUT, "has no admin"),
        ({"operator": False}, BAD_INPUT, "names no operator"),
        ({"operator": True}, BAD_ENVIRONMENT, "the server makes it when it starts"),
        ({"operator": True, "made": True}, BAD_ENVIRONMENT, "No key management server answers at http://127.0.0.1:9"),
    ],
)
def test_what_stands_in_the_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], admin: dict[str, bool], code: int, says: str
) -> None:
    """Each with its exit code and what to do."""
    if admin and admin.get("made"):
        (tmp_path / "one.token").write_text("x" * 20)
    more = {"port": 9, "requesters": [requester(tmp_path, operator=admin["operator"])]} if admin else {}
    with pytest.raises(SystemExit) as left:
        asked(config(tmp_path, **more), "GET", "/state")
    assert (left.value.code, says in capsys.readouterr().err) == (code, True)
