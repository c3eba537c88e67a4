import pytest

from seal.cms.settings import SCOPE, CmsSettings
from valkit.settings import SettingsError, read

LEAST = "access: {tokens: {issuer: https://i, audience: seal, keys: jwks.json}}"


def test_little_must_be_said() -> None:
    """Whose tokens are believed; an admin address there is if it is wished for."""
    settings = read(CmsSettings, LEAST, "cms.yaml")
    assert (settings.listen.host, settings.scope, settings.admin) == ("127.0.0.6", SCOPE, None)
    assert settings.callbacks.refusal("https://127.0.0.1/")
    admin = read(CmsSettings, f"{LEAST}\nadmin: {{}}", "cms.yaml").admin
    assert admin is not None
    assert (admin.port, str(admin.requesters[0].token_file)) == (8066, "val-cms-operator.token")


def test_a_mistake_names_its_place() -> None:
    """And what was expected."""
    with pytest.raises(SettingsError, match=r"cms.yaml:2:24: callbacks.networks\[0\]"):
        read(CmsSettings, f"{LEAST}\ncallbacks: {{networks: [loopback]}}", "cms.yaml")
