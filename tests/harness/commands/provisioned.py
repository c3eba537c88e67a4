"""`val idms user|client|...` on a database in a file, and what is kept there."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from harness.commands.idms_admin import mount
from harness.console.provisioning import done
from seal.idms.records import Client, User
from seal.idms.stores.store_sql import open_store_here
from valkit.exits import OK

runner = CliRunner(env={"COLUMNS": "160", "TERM": "dumb"})
app = typer.Typer()
mount(app)


@app.callback()
def parent(context: typer.Context, config: Path | None = None) -> None:
    """Stand where `val idms` stands."""
    context.obj = config


def settle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with the settings of a server."""
    monkeypatch.chdir(tmp_path)
    Path("idms.yaml").write_text(
        "store: sqlite:///idms.sqlite\nissuer: https://idms.home.example\ntokens: {keys: keys}\n"
    )
    return tmp_path


def run(*arguments: str, code: int = OK, typed: str | None = None, config: str = "idms.yaml") -> str:
    """Run the command, see how it ends, give what it said: where all went well, on standard output."""
    result = runner.invoke(app, ["--config", config, *arguments], input=typed)
    assert result.exit_code == code, result.output
    return result.output if code else result.stdout


def remarks(*arguments: str) -> list[str]:
    """Run the command, which does it; give what it says beside standard output."""
    result = runner.invoke(app, ["--config", "idms.yaml", *arguments])
    assert result.exit_code == OK, result.output
    return result.stderr.splitlines()


def user(user_id: str) -> User:
    """Give a user as it is kept."""
    store = open_store_here("sqlite:///idms.sqlite")
    found = done(store.user(user_id))
    done(store.close())
    assert found is not None
    return found


def listed(*arguments: str) -> Any:
    """Give what a list shows as JSON."""
    return json.loads(run(*arguments, "--json"))


def client(client_id: str) -> Client:
    """Give a client as it is kept."""
    store = open_store_here("sqlite:///idms.sqlite")
    found = done(store.client(client_id))
    done(store.close())
    assert found is not None
    return found
