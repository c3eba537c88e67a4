"""`val gms` is as `val cms` is: tests/harness/commands/test_cms.py starts both."""

from harness.commands.gms import gms


def test_it_has_an_example() -> None:
    """For its help."""
    assert "val gms --config examples/gms.yaml" in (gms.__doc__ or "")
