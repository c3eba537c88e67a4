import pytest

from valkit.net.operators import OperatorAddress
from valkit.settings import SettingsError, read


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.32", "::1"])
def test_an_operators_address_is_on_loopback(host: str) -> None:
    """Each program says its port; 0 takes a free one."""
    assert read(OperatorAddress, f"{{host: '{host}', port: 0}}", "core.yaml").host == host


def test_another_address_has_to_be_wished_for() -> None:
    """Whoever reached it could do whatever the operator can."""
    with pytest.raises(SettingsError, match=r"admin.host 192.0.2.1 can be reached from elsewhere"):
        read(OperatorAddress, "{host: 192.0.2.1, port: 0}", "core.yaml")
    assert read(OperatorAddress, "{host: 192.0.2.1, port: 0, allow_remote: yes}", "core.yaml").allow_remote
