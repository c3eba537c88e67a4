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


def test_a_group_is_created_changed_and_deleted(tmp_path: Path) -> None:
    """By whom the server lets; nobody else's work is lost, and what somebody else had put in is kept."""
    with program("gms", config(tmp_path, "gms", creators=["alice"])) as at:
        told = ["--config", phone(tmp_path, groups=at["gms"]), "--token", token(tmp_path, "alice", "ptt", "video")]
        mine = [*told, "--service", "ptt"]
        watch = "sip:watch@home.example"
        made = val("ue", "groups", "create", watch, *mine, "--name", "Watch", "--member", "bob", "--priority", "7")
        assert made.stdout == f"ptt\n  {watch} (Watch)\n    members: bob\n    administrators: alice\n", made.stderr
        again = val("ue", "groups", "create", watch, *mine)
        assert (again.returncode, "is there already" in again.stderr) == (1, True)
        change = ("--member", "carol", "--no-member", "bob", "--administrator", "dave", "--subject", "Nights")
        assert val("ue", "groups", "change", watch, *mine, *change).returncode == 0
        [group] = json.loads(val("ue", "groups", "list", *told, "--json").stdout)["ptt"]
        assert (group["members"], group["administrators"], group["subject"]) == (["carol"], ["alice", "dave"], "Nights")
        assert (group["display_name"], group["priority"]) == ("Watch", 7)

        bob = ["--config", told[1], "--token", token(tmp_path, "bob")]
        refused = val("ue", "groups", "create", "sip:bob@home.example", *bob)
        assert (refused.returncode, "creators, anybody_creates" in refused.stderr) == (1, True), refused.stderr
        assert "Of which VAL service" in val("ue", "groups", "delete", watch, *told).stderr
        assert "no VAL group ID" in val("ue", "groups", "create", "night watch", *mine).stderr

        selector = group_selector("ptt", watch)
        more = bytes(GroupDocument(watch, ("ptt",), administrators=("alice",)))
        more = more.replace(b"</common>", b'<x xmlns="urn:theirs">1</x></common>')
        put(tmp_path / "gms.token", at["admin"], selector, more, MEDIA_TYPE)
        assert "would be lost" in val("ue", "groups", "change", watch, *mine, "--name", "Day").stderr
        assert val("ue", "groups", "delete", watch, *mine).stdout == f"{watch} is deleted\n"
        assert json.loads(val("ue", "groups", "list", *told, "--json").stdout)["ptt"] == []
