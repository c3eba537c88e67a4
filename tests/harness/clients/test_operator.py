"""The operator of an identity server, against its real admin API."""

from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.clients.operator import Operator
from harness.errors import Unmet
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab

reactor: Any = the_reactor


async def test_users_are_made_changed_and_removed() -> None:
    """A refusal is told with the server's own sentence, and nobody without the token does anything."""
    lab = await Lab.start(read_lab(SHIPPED / "home.yaml")[0], reactor)
    operator = lab.idms.place.operator()
    await operator.create("users", {"user_id": "zoe", "val_service_ids": ["dispatch"]})
    await operator.change("users", {"user_id": "zoe", "enabled": False})
    zoe = await operator.user("zoe")
    assert (zoe["val_service_ids"], zoe["enabled"], zoe["password"]) == (["dispatch"], False, False)
    with pytest.raises(Unmet, match="409: there is a user 'zoe' already"):
        await operator.create("users", {"user_id": "zoe"})
    await operator.remove("users", "zoe")
    with pytest.raises(Unmet, match="404: there is no user 'zoe'"):
        await operator.user("zoe")
    (other := lab._folder / "other.token").write_text("nobody's token\n")
    with pytest.raises(Unmet, match="401"):
        await Operator(reactor, lab.idms.place.admin, other).user("alice")
    await lab.stop()


async def test_where_nobody_answers_that_is_told(tmp_path: Path) -> None:
    """With what was asked."""
    (tmp_path / "t").write_text("t")
    with pytest.raises(Unmet, match="DELETE /users at the identity server"):
        await Operator(reactor, "http://127.0.0.4:1", tmp_path / "t").remove("users", "zoe")
