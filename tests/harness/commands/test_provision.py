"""`val provision` against servers that run, as a user calls it."""

from pathlib import Path

from ruamel.yaml import YAML

from tests.harness.commands.documented import config, operator
from tests.harness.commands.serving_alone import program
from tests.harness.commands.test_ue_keys import val
from tests.harness.provision.files import GOOD, written


def idms(folder: Path) -> Path:
    """Write the file of an identity server."""
    told = {
        "authorization": {"port": 0},
        "token": {"port": 0},
        "tls": {"authority": str(folder / "ca")},
        "tokens": {"keys": str(folder / "keys")},
        "store": f"sqlite:///{folder}/idms.sqlite",
        "admin": {"port": 0, "requesters": [operator(folder, "idms")]},
    }
    with (folder / "idms.yaml").open("w") as file:
        YAML(typ="safe").dump(told, file)
    return folder / "idms.yaml"


def test_three_servers_from_one_file(tmp_path: Path) -> None:
    """One is down the first time; then the rest is done, and then nothing."""
    with program("idms", idms(tmp_path)) as one, program("cms", config(tmp_path, "cms")) as two:
        first = val("provision", str(written(tmp_path, idms=one["admin"], cms=two["admin"])))
        assert first.returncode == 3
        assert "gms.token cannot be read" in first.stderr
        assert "What is listed above stands; call it again to do the rest." in first.stderr
        assert first.stdout.count("created") == 6
        with program("gms", config(tmp_path, "gms")) as three:
            file = str(written(tmp_path, idms=one["admin"], cms=two["admin"], gms=three["admin"]))
            second = val("provision", file)
            assert (second.returncode, second.stderr) == (0, "")
            assert second.stdout.endswith("1 created, 0 changed, 6 unchanged\n")
            third = val("provision", file)
            assert third.stdout.endswith("0 created, 0 changed, 7 unchanged\n")


def test_a_file_that_makes_no_sense_changes_nothing(tmp_path: Path) -> None:
    """Every fault with its line; `--check` only looks."""
    wrong = written(tmp_path, GOOD.replace("members: [alice, bob]", "members: [eve]"))
    for arguments in ([], ["--check"]):
        done = val("provision", str(wrong), *arguments)
        assert done.returncode == 2
        assert f"{wrong}:24:15: groups.sip:fire@home.example.members[0]: there is no user eve" in done.stderr
    good = val("provision", str(written(tmp_path)), "--check")
    assert (good.returncode, good.stdout.endswith("makes sense: 2 services, 2 users, 1 groups\n")) == (0, True)
    assert val("provision", "none.yaml").returncode == 3
