import pytest
from pydantic import TypeAdapter, ValidationError

from harness.expect.wanted import LONG, Difference, Wanted, differing, fit_for, saying
from harness.grammar.captured import HIDDEN

ANY = TypeAdapter(Wanted)


@pytest.mark.parametrize(
    ("written", "right", "wrong"),
    [
        ("600", ["60", "600"], ["60"]),
        (600, ["600"], ["6000"]),
        ({"equals": "600"}, ["600"], []),
        ({"matches": "6[0-9]+"}, ["x", "600"], ["x600", "6"]),
        ({"matches": r"a\d.b"}, ["a1\nb"], ["a1b"]),
        (["a", "b"], ["b", "a"], ["a"]),
        (["a"], ["a"], ["a", "a"]),
        (True, ["true"], ["yes"]),
        ({"present": "yes"}, [""], []),
        ({"present": "no"}, [], [""]),
    ],
)
def test_values_suit_or_do_not(written: object, right: list[str], wrong: list[str]) -> None:
    """Text exactly, an expression over the whole value, a list of all, or whether there is any."""
    wanted = ANY.validate_python(written)
    assert wanted.suits(right)
    assert not wanted.suits(wrong)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (None, "does not say what is wanted"),
        ({"equals": "a", "present": "yes"}, "does not say what is wanted"),
        ({"matches": "("}, "is no regular expression: missing )"),
        ({"matches": ".*"}, "matches whatever comes"),
        ({"matches": "a*|.+"}, "matches whatever comes"),
        ({"matches": "(" * 300 + "a" + ")*" * 300}, "is an expression of 901 characters .expected at most 500"),
        ({"matches": r"((\pL{1,90}){1,10}x)"}, "is too large when it is compiled"),
        ([], "at least 1"),
        ({"matchs": "a"}, "Extra"),
    ],
)
def test_what_asks_for_nothing_is_refused(written: object, says: str) -> None:
    """So is what asks for two things, and an expression that is none."""
    with pytest.raises(ValidationError, match=says.replace("(", r"\(").replace(")", r"\)")):
        ANY.validate_python(written)


def test_an_expression_takes_no_longer_for_its_groups() -> None:
    """Each of them would be followed through the whole text: these took minutes."""
    groups = 160
    nested = ANY.validate_python({"matches": "(" * groups + "a" + ")*" * groups})
    assert nested.suits(["a" * 60_000])
    assert not nested.suits(["a" * 60_000 + "b"])


def test_octets_that_are_no_text_are_no_trouble() -> None:
    """A peer may send them where a value is looked at."""
    assert not ANY.validate_python({"matches": "a.b"}).suits(["a\udcffb"])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("600", "with Expires: 600"),
        (["a", "b"], "with Expires: a and b"),
        ({"matches": "6+"}, "with Expires matching 6+"),
        ({"present": "yes"}, "with Expires"),
        ({"present": "no"}, "without Expires"),
    ],
)
def test_it_is_said_in_words(written: object, said: str) -> None:
    """For what was wanted, in a failure."""
    assert ANY.validate_python(written).of("Expires") == said


def test_a_difference_shows_what_the_message_may_show() -> None:
    """What a report hides in the message is hidden in words about it, too; long values are cut."""
    fit = fit_for(f"nonce=abc (hidden) {'x' * 300}")
    [found] = differing("nonce", ANY.validate_python("b"), ["abc", "secret", "12", "x" * 300])
    assert found.told(fit) == f"nonce: abc, {HIDDEN}, 12, {'x' * LONG} ..."
    assert not differing("nonce", ANY.validate_python("abc"), ["abc"])
    assert Difference("nonce").told(fit) == "no nonce"
    assert saying("another").within("part").told(fit) == "part: another"
    assert found.within("part").told(fit).startswith("part: nonce: abc")
