import json
import subprocess
import sys

from harness.load.orders import Brief, shared
from harness.load.profile import Profile
from harness.load.users import TEMPLATE, generated


def test_a_process_does_what_its_standard_input_says_and_ends_with_it() -> None:
    """Ready, then nothing more: whoever told it is gone."""
    phone = {**generated(TEMPLATE, "", 1)[0].phone, "core": "udp:127.0.0.1:9"}
    (order,) = shared([Brief(phone)], Profile.parse("1/s 1s"), ("register",), 1, 1.0, 1)
    command = [sys.executable, "-m", "harness.load"]
    done = subprocess.run(command, input=order.line() + "\n", capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, [json.loads(line) for line in done.stdout.splitlines()]) == (0, [{"ready": True}]), done
