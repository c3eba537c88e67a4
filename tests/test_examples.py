"""The files under examples/ are what the README says they are, and their comments tell the truth."""

import re
import subprocess
from pathlib import Path

import pytest

from harness.provision.plan import Provisioning
from seal.cms.settings import CmsSettings
from seal.gms.settings import GmsSettings
from seal.idms.provisioning.provisioning import Provisions
from seal.idms.settings import IdmsSettings
from seal.kms.settings import KmsSettings
from seal.management.settings import ManagementSettings
from seal.proxy.settings import ProxySettings
from sipcore_stub.settings import CoreSettings
from ue_sim.settings import UeSettings
from valkit.net.ca import CERTIFICATE
from valkit.settings import Settings, read
from valserver.gateway.settings import GatewaySettings
from valserver.settings import ServerSettings

EXAMPLES = Path(__file__).parents[1] / "examples"
MODELS: dict[str, type[Settings]] = {
    "cms": CmsSettings,
    "core": CoreSettings,
    "gms": GmsSettings,
    "gateway": GatewaySettings,
    "idms": IdmsSettings,
    "idms-partners": Provisions,
    "idms-users": Provisions,
    "kms": KmsSettings,
    "proxy": ProxySettings,
    "seal": Provisioning,
    "ue": UeSettings,
    "ue-idms": UeSettings,
    "ue-kms": UeSettings,
    "ue-seal": UeSettings,
    "valserver": ServerSettings,
    "valserver-idms": ServerSettings,
    "valserver-services": ServerSettings,
}


def example(name: str) -> str:
    """Read an example."""
    return (EXAMPLES / f"{name}.yaml").read_text("utf-8")


def with_comments_taken_in(text: str) -> str:
    """Give an example in which what is commented out counts: a `#` without a space behind it."""
    return re.sub(r"^( *)#(?=( {2,})?[a-z_]+:)", r"\1", text, flags=re.MULTILINE)


def test_there_is_one_for_each_program() -> None:
    """No example is left untested."""
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == set(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_an_example_is_read_as_it_is(name: str) -> None:
    """Nothing has to be changed for a first try."""
    read(MODELS[name], example(name), name)


@pytest.mark.parametrize(
    "name", ["cms", "core", "gms", "idms-partners", "kms", "proxy", "valserver", "valserver-services"]
)
def test_what_it_says_holds_without_it_does(name: str) -> None:
    """Each value shown in a comment is the one that is taken when it is left out."""
    shown = with_comments_taken_in(example(name))
    assert shown != example(name)
    assert read(MODELS[name], shown, name) == read(MODELS[name], example(name), name)


def test_core_server_and_phone_belong_together() -> None:
    """The core sends to where the server listens, and knows the phone and its keys."""
    core = read(CoreSettings, example("core"), "core")
    server = read(ServerSettings, example("valserver"), "valserver")
    phone = read(UeSettings, example("ue"), "ue")
    assert {each.server_name for each in core.filter_criteria} == {
        f"sip:{server.listen[0].host}:{server.listen[0].port}"
    }
    assert phone.core in core.pcscf.listen
    subscriber, _ = core.subscribers
    assert (subscriber.impi, subscriber.k, subscriber.opc) == (phone.impi, phone.usim.k, phone.usim.opc)


def test_the_same_phone_and_server_belong_to_the_identity_server() -> None:
    """One issuer, one authority, a client and a user that it knows, and the claims and services that are asked for."""
    idms = read(IdmsSettings, example("idms"), "idms")
    people = read(Provisions, example("idms-users"), "idms-users")
    server = read(ServerSettings, example("valserver-idms"), "valserver-idms").issuers[0]
    phone = read(UeSettings, example("ue-idms"), "ue-idms")
    identity = phone.identity
    assert identity is not None
    assert idms.token is not None
    assert identity.issuer == server.issuer == f"https://{idms.token.host}:{idms.token.port}"
    assert identity.authority == server.authorities == idms.tls.authority / CERTIFICATE
    assert phone.model_copy(update={"identity": None}) == read(UeSettings, example("ue"), "ue")
    (client,) = [each for each in people.clients if each.client_id == identity.client_id]
    assert identity.redirect_uri in client.redirect_uris
    assert set(identity.scope.split()) <= set(client.scopes)
    assert identity.user in {each.user_id for each in people.users}
    assert server.audience == idms.tokens.audience


@pytest.mark.parametrize(("name", "model"), [("cms", CmsSettings), ("gms", GmsSettings)])
def test_management_servers_believe_the_identity_server(name: str, model: type[ManagementSettings]) -> None:
    """Its issuer, its audience, its authority, and a scope that the client may ask for."""
    idms = read(IdmsSettings, example("idms"), "idms")
    server = read(model, example(name), name)
    tokens = server.access.tokens
    assert idms.token is not None
    assert tokens.issuer == f"https://{idms.token.host}:{idms.token.port}"
    assert tokens.audience == idms.tokens.audience
    assert tokens.authorities == idms.tls.authority / CERTIFICATE
    people = read(Provisions, example("idms-users"), "idms-users")
    assert server.scope in {scope for client in people.clients for scope in client.scopes}


def test_a_phones_identity_shows_what_holds_without_it() -> None:
    """Except for what is an example, as it says."""
    examples = ("tokens", "client_secret", "client_key", "auth_method")
    shown = re.sub(rf"^  # (?!{'|'.join(examples)})(?=[a-z_]+: )", "  ", example("ue-idms"), flags=re.MULTILINE)
    assert shown.count("  # ") < example("ue-idms").count("  # ")
    assert read(UeSettings, shown, "ue-idms") == read(UeSettings, example("ue-idms"), "ue-idms")


def test_the_phone_and_its_keys_belong_together() -> None:
    """Where the server listens, whom it believes, and a scope that the app may ask for."""
    kms = read(KmsSettings, example("kms"), "kms")
    people = read(Provisions, example("idms-users"), "idms-users")
    phone = read(UeSettings, example("ue-kms"), "ue-kms")
    assert phone.identity is not None
    assert phone.keys is not None
    assert phone.keys.url == f"https://{kms.listen.host}:{kms.listen.port}"
    assert phone.keys.authority == kms.tls.authority / CERTIFICATE == kms.access.tokens.authorities
    assert phone.identity.issuer == kms.access.tokens.issuer
    assert kms.scope in phone.identity.scope.split()
    (client,) = [each for each in people.clients if each.client_id == phone.identity.client_id]
    assert set(phone.identity.scope.split()) <= set(client.scopes)
    without = phone.model_copy(update={"identity": None, "keys": None})
    assert without == read(UeSettings, example("ue"), "ue")


@pytest.mark.parametrize("server", ["idms", "cms", "gms", "kms"])
def test_an_operators_token_is_nothing_to_commit(server: str) -> None:
    """A server makes it where it is started, which may be here."""
    ignored = ["git", "check-ignore", "--no-index", "-q", f"val-{server}-operator.token"]
    assert subprocess.run(ignored, cwd=EXAMPLES.parent, check=False).returncode == 0
