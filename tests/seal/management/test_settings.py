import pytest

from seal.cms.settings import CmsSettings
from seal.gms.settings import GmsSettings
from seal.management.settings import ManagementSettings
from valkit.settings import SettingsError, read

LEAST = "access: {tokens: {issuer: https://idms.x, keys: jwks.json}}\n"


@pytest.mark.parametrize("model", [CmsSettings, GmsSettings])
def test_whose_tokens_are_believed_must_be_said(model: type[ManagementSettings]) -> None:
    """All else has a default: every VAL service, and no operator from outside."""
    told = read(model, LEAST, "server.yaml")
    assert (told.services, told.admin) == ((), None)
    with pytest.raises(SettingsError, match="access"):
        read(model, "services: [dispatch]", "server.yaml")
