"""Parts of a lab on another machine, as users have them: two network namespaces, with a cable between them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages import ALONE
from valkit.exits import BAD_ENVIRONMENT, OK

VAL = f"{sys.executable} -m harness"
PATIENCE = 240.0
"""Seconds after which it counts as hung, on however busy a machine."""

CABLE = """
set -e
trap 'kill $far $program 2>/dev/null' EXIT
ip link set lo up
unshare --net sleep 600 >/dev/null 2>&1 & far=$!
while [ "$(readlink /proc/$far/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do :; done
ip link add near type veth peer name far netns $far
for here in 198.51.100.1 198.51.100.11; do ip addr add $here/24 dev near; done
ip link set near up
there="nsenter --target $far --net"
$there ip link set lo up
$there ip addr add 198.51.100.2/24 dev far
$there ip link set far up
"""

SERVER = """
tokens: {issuer: "https://idms.home.example", keys: mine/jwks.json}
listen: ["udp:198.51.100.2:5070", "tcp:198.51.100.2:5070"]
trusted_peers: [198.51.100.1/32]
bindings: {store: memory}
"""

CORE = """
domain: home.example
subscribers:
  - impi: alice@home.example
    impus: ["sip:alice@home.example"]
    k: 465b5ce8b199b49faa5f0a2ee238a6bc
    opc: cd63cb71954a9f4e48a5994e37a02baf
filter_criteria: [{method: REGISTER, server_name: "sip:198.51.100.1:5070"}]
pcscf: {listen: ["udp:198.51.100.2:5060", "tcp:198.51.100.2:5060"]}
icscf: {listen: ["udp:198.51.100.2:5061", "tcp:198.51.100.2:5061"]}
scscf: {listen: ["udp:198.51.100.2:5062", "tcp:198.51.100.2:5062"]}
"""

LAB = """
like: home
core: {external: {pcscf: "udp:198.51.100.2:5060"}}
"""

TOLD = """
valserver: {settings: {listen: ["udp:198.51.100.1:5070", "tcp:198.51.100.1:5070"]}}
ues: {alice: {settings: {listen: "udp:198.51.100.11:0"}}}
"""

FIGURE = "scenarios/figures/5.x.3.2.2-1-token-in-register.yaml"

needs_namespaces = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in ("unshare", "nsenter", "ip"))
    or subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode != 0,
    reason="network namespaces, and what makes them (util-linux, iproute2), are not there",
)


def beyond_a_cable(folder: Path, script: str) -> tuple[int, str]:
    """Run a script on this side of the cable; `$there` runs a command on the other."""
    done = subprocess.run(
        [*ALONE, "sh", "-c", CABLE + script],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout + done.stderr


@needs_namespaces
def test_a_val_server_on_another_machine_is_tested_from_here(tmp_path: Path) -> None:
    """`val init` says what it has to be told, and the S-CSCF speaks to it from an address that it can answer."""
    (tmp_path / "server.yaml").write_text(SERVER)
    code, said = beyond_a_cable(
        tmp_path,
        f"""
        {VAL} init mine --valserver udp:198.51.100.2:5070
        $there {VAL} server --config server.yaml >server.log 2>&1 & program=$!
        {VAL} run mine/first.yaml
        """,
    )
    assert code == OK, said
    assert "which S-CSCF to trust      198.51.100.1, of this machine" in said
    assert "2 passed, 0 of 60 requirements shown, 2 in part" in said  # what it has bound is not observable


@needs_namespaces
def test_a_core_on_another_machine_and_all_at_one_address_is_tested_from_here(tmp_path: Path) -> None:
    """The lab says at which addresses its parts are; without that it is told what to say."""
    (tmp_path / "core.yaml").write_text(CORE)
    (tmp_path / "untold.yaml").write_text(LAB)
    (tmp_path / "told.yaml").write_text(LAB + TOLD)
    figure = Path(__file__).parents[2] / FIGURE
    code, said = beyond_a_cable(
        tmp_path,
        f"""
        $there {VAL} core --config core.yaml >core.log 2>&1 & program=$!
        {VAL} run {figure} --lab told.yaml
        {VAL} run {figure} --lab untold.yaml
        """,
    )
    assert "1 passed, 0 of 60 requirements shown, 15 in part" in said  # what its HSS keeps is not observable
    assert code == BAD_ENVIRONMENT, said
    assert "valserver.settings.listen and ues.alice.settings.listen; see docs/your-core.md" in " ".join(said.split())
