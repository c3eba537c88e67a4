import pytest

from seal.names import Name
from valkit.settings import Settings, SettingsError, read


class Named(Settings):
    """What has a name."""

    name: Name


def test_a_name_has_no_control_characters() -> None:
    """And is neither empty nor endless."""
    assert read(Named, "name: dispatch for Zürich", "a.yaml").name == "dispatch for Zürich"
    for name in ("''", "a" * 201, '"a\\nb"'):
        with pytest.raises(SettingsError, match="1 to 200 characters, no control characters"):
            read(Named, f"name: {name}", "a.yaml")
