"""What an algorithm set gives, and that it keeps it to itself."""

from valkit.aka.functions import Outputs


def test_outputs_do_not_show_themselves() -> None:
    """Keys stay out of logs and failure messages."""
    outputs = Outputs(b"mac", b"res", b"ck", b"ik", b"ak")
    assert repr(outputs) == "Outputs(...)"
