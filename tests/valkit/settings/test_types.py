"""valkit.settings.types: durations, yes and no, values with a spelling of their own."""

from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from valkit.settings import Duration, HttpsOrigin, YesNo, written_as
from valkit.settings.document import WrittenFloat, WrittenInt

duration: TypeAdapter[float] = TypeAdapter(Duration)
yes_no: TypeAdapter[bool] = TypeAdapter(YesNo)
origin: TypeAdapter[str] = TypeAdapter(HttpsOrigin)


@pytest.mark.parametrize("text", ["https://idms.home.example", "https://127.0.0.3:8443", "https://[::1]:65535"])
def test_an_origin_is_scheme_host_and_port(text: str) -> None:
    """As it is written."""
    assert origin.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "https://idms.home.example/",
        "https://idms.home.example/x",
        "https://idms.home.example?x",
        "https://who@idms.home.example",
        "https://idms.home.example:",
        "https://idms.home.example:65536",
        "https://",
        "http://idms.home.example",
        "idms dot example",
        "https://idms.home.example ",
    ],
)
def test_anything_more_or_less_is_none(text: str) -> None:
    """What is written behind it would be somewhere else."""
    with pytest.raises(ValidationError, match=r"expected something like https://idms\.home\.example:8443"):
        origin.validate_python(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("30s", 30),
        ("1.5s", 1.5),
        ("10m", 600),
        ("1h", 3600),
        ("1h30m", 5400),
        ("7d", 604800),
        (0, 0),
        (1.5, 1.5),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    """A duration is an amount with its unit, or several in a row."""
    assert duration.validate_python(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "30", WrittenInt("30"), WrittenFloat("1.5"), "s", "-5s", "5 s", "5x", "\u0663s", True, False, None, ["5s"]],
)
def test_what_is_not_a_duration(text: object) -> None:
    """An amount without a unit could be read two ways, so YAML must give it."""
    with pytest.raises(ValidationError, match="such as 500ms, 30s, 10m or 1h"):
        duration.validate_python(text)


@pytest.mark.parametrize(
    ("word", "truth"),
    [("yes", True), ("no", False), ("Yes", True), ("off", False), ("on", True), (True, True), (False, False)],
)
def test_yes_and_no(word: object, truth: bool) -> None:
    """YAML 1.2 leaves `yes` as text; this field understands it."""
    assert yes_no.validate_python(word) is truth


@pytest.mark.parametrize("word", ["y", "maybe", "", 1, 0, None])
def test_what_is_neither_yes_nor_no(word: object) -> None:
    """Nothing else is a truth value."""
    with pytest.raises(ValidationError, match="neither yes nor no"):
        yes_no.validate_python(word)


def test_a_value_with_its_own_spelling() -> None:
    """A parser that raises ValueError becomes a field type, and its example stands in the fault."""
    port: TypeAdapter[int] = TypeAdapter(Annotated[int, written_as(int, "5060")])
    assert port.validate_python("5060") == 5060
    with pytest.raises(ValidationError, match="expected something like 5060"):
        port.validate_python("x")


@given(st.integers(1, 10**6), st.sampled_from(["ms", "s", "m", "h", "d"]))
def test_a_longer_amount_lasts_longer(amount: int, unit: str) -> None:
    """Durations grow with their amount."""
    assert duration.validate_python(f"{amount + 1}{unit}") > duration.validate_python(f"{amount}{unit}") > 0
