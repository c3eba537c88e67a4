"""`val ue groups` against a server that runs, as a user calls it."""

import json
from pathlib import Path

from tests.harness.commands.documented import config, phone, put, token
from tests.harness.commands.serving_alone import program
from tests.harness.commands.test_ue_keys import val
from valkit.documents import GroupDocument, group_selector
from valkit.documents.group import MEDIA_TYPE

FIRE = GroupDocument("sip:fire@home.example", ("ptt",), "Fire", administrators=("chief",), members=("alice", "bob"))


def test_groups_are_shown(tmp_path: Path) -> None:
    """For people and for programs; keys need a key management server."""
    with program("gms", config(tmp_path, "gms")) as at:
        put(tmp_path / "gms.token", at["admin"], group_selector("ptt", FIRE.group_id), bytes(FIRE), MEDIA_TYPE)
        phones = phone(tmp_path, groups=at["gms"])
        told = ["--config", phones, "--token", token(tmp_path, "alice")]
        shown = val("ue", "groups", "list", *told)
        assert (shown.returncode, shown.stderr) == (0, "")
        assert shown.stdout == (
            "ptt\n  sip:fire@home.example (Fire)\n    members: alice, bob\n    administrators: chief\n"
        )
        found = json.loads(val("ue", "groups", "list", *told, "--json").stdout)
        assert found["ptt"][0]["members"] == ["alice", "bob"]
        none = val("ue", "groups", "list", "--config", phones, "--token", token(tmp_path, "carol"))
        assert none.stdout == "ptt  no groups\n"
        out = tmp_path / "fire.keys"
        keys = val("ue", "groups", "keys", FIRE.group_id, *told, "--out", str(out))
        assert (keys.returncode, out.exists()) == (1, False)
        assert "503 (there is no key management server here that could be asked for keys of groups)" in keys.stderr
