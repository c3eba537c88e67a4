from seal.gms.settings import SCOPE, GmsSettings
from tests.seal.cms.test_settings import LEAST
from valkit.settings import read


def test_little_must_be_said() -> None:
    """Whose tokens are believed; nobody creates groups but the operator, and there are no keys."""
    settings = read(GmsSettings, LEAST, "gms.yaml")
    assert (settings.listen.host, settings.scope, settings.kms, settings.creators) == ("127.0.0.7", SCOPE, None, ())
    assert not settings.anybody_creates
