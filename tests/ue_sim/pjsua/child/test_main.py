import json
import subprocess
import sys

from tests.ue_sim.pjsua.child.talking import PATIENCE, child

WITHOUT = "import sys; sys.modules['pjsua2'] = None; from ue_sim.pjsua.child.__main__ import main; sys.exit(main())"


def test_nothing_but_json_comes_out_of_it() -> None:
    """What PJSIP prints at its start goes where errors go."""
    with child() as running:
        assert set(running.says()) == {"ready"}
        assert running.ends() == 0


def test_without_pjsip_it_says_so() -> None:
    """In one line, and ends."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], input=b"", capture_output=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 1
    assert "pjsua2-python" in json.loads(done.stdout)["unfit"]
