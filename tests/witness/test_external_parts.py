"""Every role of a lab played by somebody else: our programs started by hand from files of their own, and SIPp.

The same scenarios as ever are played; what an external part does not show is said to be not observable.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.witness.foreign import PATIENCE, SIPP_FILES, program, run_val, tool
from tests.witness.home import ADMIN, ISSUER, NET, OPC, PCSCF, PHONE, SCSCF, SERVER, Home, K, server_settings
from tests.witness.identity import PASSWORD, RETURN, SECRET, idms
from tests.witness.test_sipp import wants_no_zero
from valkit.tokens import jwks

ALICE: dict[str, Any] = {"impi": "alice@home.example", "impus": ["sip:alice@home.example"], "k": K, "opc": OPC}
SCSCF_OF_A_LAB = "127.0.0.23"
REGISTERED = """\
name: a token in REGISTER binds
lab: mine
clauses: [REG-05, REG-09, REG-10]
steps:
  - token.mint: {ue: alice}
  - ue.register: {ue: alice, token: yes}
  - expect.answer: 200
  - expect.message: {from: scscf, to: valserver, method: REGISTER, token: present}
  - expect.message: {from: valserver, to: scscf, method: REGISTER, status: 200}
  - expect.event: {what: res verified, by: scscf}
  - expect.binding: {impu: "sip:alice@home.example", val_user_id: alice, via: [REGISTER]}
---
name: a bad token binds nothing
lab: mine
clauses: [REG-10, REG-11]
steps:
  - token.mint: {ue: alice, broken: expired}
  - ue.register: {ue: alice, token: yes}
  - expect.message: {from: valserver, to: scscf, method: REGISTER, status: 403}
  - expect.event: {what: refused, cause: expired}
  - expect.no_binding:
"""
UNFIT = {
    f"nobody can sign in: {ISSUER} is but a name in this lab": """\
name: somebody signs in
clauses: [IDM-05]
steps:
  - ue.sign_in: alice
  - ue.register: {ue: alice, token: yes}
  - expect.answer: 200
""",
    "leaves out udp, over which the external VAL server is spoken to (": """\
name: everybody speaks TCP
clauses: [REG-09]
changes: {transports: [tcp]}
steps:
  - ue.register: alice
  - expect.message: {from: scscf, to: valserver, method: REGISTER}
""",
    "no configuration management server (say `cms: {}`)": """\
name: somebody has a profile
clauses: [AUT-05]
steps:
  - cms.put_profile: {user: alice}
  - ue.register: alice
  - expect.answer: 200
""",
    "the proxy of this lab has no server behind it": """\
name: somebody goes by way of the proxy
clauses: [AUT-02]
changes: {proxy: {}}
steps:
  - ue.register: alice
  - expect.answer: 200
""",
    "the identity server is external, and val provisions nothing there": """\
name: all is provisioned
clauses: [IDM-15]
steps:
  - seal.provision:
      services: {dispatch: {}}
      users: {alice: {services: [dispatch]}}
  - ue.register: alice
  - expect.answer: 200
""",
    "the identity server is external, and val knows no more of its sites than log-ins need": """\
name: its token endpoint is asked for something else
clauses: [IDM-02]
steps:
  - ue.ask: {ue: alice, site: token, path: /}
  - expect.http: {from: idms, to: alice, status: 404}
""",
}
"""Scenarios that this lab does not play, by why."""
MUTATIONS = """\
name: every wrong token is refused
lab: mine
clauses: [PUB-02]
steps:
  - ue.register: alice
  - token.mutations: alice
---
name: in REGISTER as well, where an answer to one could be taken for that to the next
lab: mine
clauses: [REG-10]
steps:
  - ue.register: alice
  - token.mutations: {ue: alice, method: REGISTER}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give the files of a home network, and an issuer's key that both sides of it know."""
    made = Home(tmp_path)
    (tmp_path / "signing.pem").write_text(made.key.pem())
    (tmp_path / "labs").mkdir()
    return made


def lab(home: Home, ca: Path, **parts: Any) -> None:
    """Write a lab whose tokens are signed with the home network's key, by an issuer that nobody asks."""
    external = {
        "issuer": ISSUER,
        "authorities": str(ca),
        "signing_key": str(home.folder / "signing.pem"),
        "probe": "no",
    }
    keys = home.write("jwks.json", jwks(home.key))
    believing = {"tokens": {"issuer": ISSUER, "keys": str(keys), "discovery_url": None, "authorities": None}}
    told: dict[str, Any] = {"domain": "home.example", "ues": {"alice": ALICE}, "idms": {"external": external}}
    told["valserver"] = {"settings": believing}
    told |= parts
    (home.folder / "labs" / "mine.yaml").write_text(json.dumps(told))


def played(home: Home, script: str) -> tuple[int, str]:
    """Play a script in that lab."""
    path = home.folder / "s.yaml"
    path.write_text(script)
    return run_val("run", str(path))


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    """Give whom to trust: nobody is asked, but the file has to be one."""
    from valkit.net.ca import CERTIFICATE, authority_in  # noqa: PLC0415  a fixture of its own

    authority_in(tmp_path / "authority").trusting()
    return tmp_path / "authority" / CERTIFICATE


@contextmanager
def server(home: Home) -> Iterator[None]:
    """Run `val server` from a file, which believes the core of a lab."""
    keys = home.write("jwks.json", jwks(home.key))
    config = home.write("server.yaml", server_settings(keys, home.folder) | {"trusted_peers": [SCSCF_OF_A_LAB]})
    with program(["server", "--config", str(config)], "valserver is ready", home.folder / "server.log"):
        yield


def test_a_val_server_of_ones_own_is_judged_by_what_it_binds(home: Home, ca: Path) -> None:
    """With an admin site of our shape: bindings and causes are looked at there."""
    lab(home, ca, valserver={"external": {"address": f"udp:{SERVER}:5060", "admin": f"http://{ADMIN}:8060"}})
    with server(home):
        code, said = played(home, REGISTERED)
    assert code == 0, said
    assert "2 passed" in said
    assert "not observable" not in said


def test_what_such_a_lab_lacks_is_not_applicable(home: Home, ca: Path) -> None:
    """Each for a reason: nobody signs in where no identity server is, and nothing of somebody else's is provisioned."""
    lab(home, ca, valserver={"external": {"address": f"udp:{SERVER}:5060"}})
    path = home.folder / "unfit.yaml"
    path.write_text("---\n".join(UNFIT.values()))
    with server(home):
        code, said = run_val("run", str(path), "--lab", str(home.folder / "labs" / "mine.yaml"))
    said = " ".join(said.split())
    assert (code, f"{len(UNFIT)} not applicable" in said) == (0, True), said
    for reason in UNFIT:
        assert reason in said, said


def test_what_a_val_server_does_not_show_is_said_and_not_guessed(home: Home, ca: Path) -> None:
    """Without an admin site its answers are judged, and what it binds and why it refuses is not observable."""
    lab(home, ca, valserver={"external": {"address": f"udp:{SERVER}:5060"}})
    with server(home):
        code, said = played(home, REGISTERED)
        strict, of_all = played(home, MUTATIONS)
    assert code == 0, said
    assert said.count("not observable: ") == 3
    assert "expect.event: what valserver does by itself (it is external)" in " ".join(said.split())
    assert strict == 0, of_all


def test_a_scenario_of_which_nothing_can_be_seen_is_not_applicable(home: Home, ca: Path) -> None:
    """It has neither passed nor failed."""
    script = REGISTERED.split("---", maxsplit=1)[0]
    kept = [line for line in script.splitlines() if not line.startswith(("  - expect.answer", "  - expect.message"))]
    lab(home, ca, valserver={"external": {"address": f"udp:{SERVER}:5060"}})
    with server(home):
        code, said = played(home, "\n".join(line for line in kept if "res verified" not in line) + "\n")
    assert code == 0, said
    assert "nothing that it expects can be observed" in " ".join(said.split())


@contextmanager
def credulous(folder: Path) -> Iterator[None]:
    """Let SIPp be a VAL server that answers 200 to everything."""
    scenario = str(SIPP_FILES / "foreign_valserver.xml")
    command = [tool("sipp"), "-sf", scenario, "-i", SERVER, "-p", "5060", "-nostdin", "-t", "u1"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as sipp:
        try:
            yield
        finally:
            sipp.kill()
            sipp.wait(PATIENCE)


def test_a_val_server_that_believes_everybody_fails_in_clear_words(home: Home, ca: Path) -> None:
    """SIPp in its place passes what an honest phone does, and is told each wrong token that it took."""
    lab(home, ca, transports=["udp"], valserver={"external": {"address": f"udp:{SERVER}:5060", "probe": "no"}})
    with credulous(home.folder):
        honest, said = played(home, REGISTERED.split("---", maxsplit=1)[0])
        wrong, told = played(home, MUTATIONS)
    assert honest == 0, said
    assert wrong == 1
    assert "kinds of wrong token to be refused" in told
    assert "expired: 200 for a token that is expired: it was accepted (wanted 403; got 200)" in told
    assert "alg_none: 200 for a token with alg none: it was accepted (wanted 403; got 200)" in told


def test_a_val_server_that_is_not_there_ends_the_run_with_a_sentence(home: Home, ca: Path) -> None:
    """And with 3: no scenario is to blame."""
    lab(home, ca, valserver={"external": {"address": f"tcp:{SERVER}:5060", "probe": "tcp"}})
    code, said = played(home, REGISTERED)
    assert code == 3
    assert f"The external VAL server takes no connection at tcp:{SERVER}:5060" in said
    assert "Is it running" in said


def test_a_core_of_ones_own_brings_the_token_to_our_server(home: Home, ca: Path) -> None:
    """`val core` by hand, its HSS provisioned with the lab's phone; what it does within itself is not observable."""
    keys = home.write("jwks.json", jwks(home.key))
    tokens = {"issuer": ISSUER, "keys": str(keys), "discovery_url": None, "authorities": None}
    listening = [f"udp:{SERVER}:5060", f"tcp:{SERVER}:5060"]
    lab(
        home,
        ca,
        core={"external": {"pcscf": f"udp:{PCSCF}:5060", "peers": [SCSCF]}},
        valserver={"settings": {"listen": listening, "tokens": tokens}},
    )
    with home.core():
        code, said = played(home, REGISTERED)
    assert code == 0, said
    assert "2 passed" in said
    assert said.count("not observable: ") == 1
    assert "what scscf does by itself" in said


def test_an_identity_server_of_ones_own_signs_its_users_in(tmp_path: Path) -> None:
    """`val idms` by hand with its own people: a phone logs in there, and our VAL server believes what it is given."""
    (tmp_path / "labs").mkdir()
    with idms(tmp_path) as at:
        external = {
            "issuer": at.token,
            "authorities": str(at.authority),
            "client_id": "foreign",
            "secret_file": str(tmp_path / "secret"),
            "redirect_uri": RETURN,
        }
        assert (tmp_path / "secret").read_text() == SECRET
        phone = ALICE | {"password": PASSWORD, "login": "bob", "val_user_id": "bob"}
        told = {"domain": "home.example", "ues": {"alice": phone}, "idms": {"external": external}}
        told |= {"issuer": {"scope": "openid 3gpp:seal:val_service"}}
        (tmp_path / "labs" / "mine.yaml").write_text(json.dumps(told))
        (tmp_path / "s.yaml").write_text(SIGNED_IN)
        code, said = run_val("run", str(tmp_path / "s.yaml"))
    assert code == 0, said
    assert "1 passed, 1 not applicable" in said
    assert "the identity server is external, and the lab has no `signing_key` of it" in " ".join(said.split())


SIGNED_IN = """\
name: signed in elsewhere, bound here
lab: mine
clauses: [REG-05, REG-10]
steps:
  - ue.sign_in: alice
  - ue.register: {ue: alice, token: yes}
  - expect.binding: {impu: "sip:alice@home.example", val_user_id: bob, val_service_ids: [dispatch]}
---
name: a token of a lab that has no key
lab: mine
clauses: [REG-05]
steps:
  - token.mint: alice
  - ue.register: {ue: alice, token: yes}
  - expect.answer: 200
"""

SIPP_REGISTERS = """\
name: SIPp is the phone
lab: mine
clauses: [REG-06, REG-09]
steps:
  - ue.register: sipp
  - expect.answer: 200
  - expect.event: {what: res verified, by: scscf}
  - expect.event: {what: autn verified, by: sipp}
  - expect.message: {from: scscf, to: valserver, method: REGISTER, token: absent}
  - expect.flag: {ue: sipp, flag: registered}
  - expect.no_binding:
"""


def test_a_phone_of_ones_own_is_run_by_its_command(home: Home, ca: Path) -> None:
    """SIPp registers with its own AKA when the script says so; what goes on within it is not observable."""
    command = (
        f"{tool('sipp')} {{core}} -sf {SIPP_FILES / 'register_and_stay.xml'} -i {PHONE} -m 1 -nostdin -timeout 15s"
    )
    keys = {"k": "11223344556677889910aabbccddeeff", "op": "cdc202d5123e20f62b6d676ac72cb318"}
    who = {"impi": "sipp@home.example", "impus": ["sip:sipp@home.example"], **keys}
    phone = {**who, "external": {"host": PHONE, "register": command}}
    core = {"settings": {"challenges": ["AKAv1-MD5", "MD5"]}}
    lab(home, ca, ues={"sipp": phone}, core=core, transports=["udp"])

    def play() -> None:
        code, said = played(home, SIPP_REGISTERS)
        assert code == 0, said.replace("wanted: an answer 200", "SIP/2.0 403")
        assert "1 passed" in said
        assert said.count("not observable: ") == 1

    wants_no_zero(play)
    assert NET in PHONE
