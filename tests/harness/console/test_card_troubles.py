import pytest

from harness.console.card_troubles import why_refused


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"cause": "mac"}, "compare K, and OP or OPc"),
        ({"cause": "mac", "hint": "op and opc"}, "write the key under the other of `op` and `opc`"),
        ({"cause": "sqn", "ahead": "-3"}, "SEQ is 3 behind the card's: the phone has answered with AUTS"),
        ({"cause": "sqn", "ahead": "900000000"}, "SEQ is 900000000 ahead of the card's, which is too far"),
    ],
)
def test_each_refusal_says_what_to_look_at(fields: dict[str, str], said: str) -> None:
    """The card knows no more than that; its user knows both files."""
    (line,) = why_refused(fields)
    assert said in line
