"""valkit.tokens.errors: causes with a name and a sentence, values of strangers shown safely."""

from hypothesis import given
from hypothesis import strategies as st

from valkit.tokens import Cause, KeyUnusable, TokenRejected
from valkit.tokens.errors import shown


def test_a_cause_is_found_by_its_name() -> None:
    """Scenarios and logs use the name in snake case."""
    assert Cause("alg_not_allowed") is Cause.ALG_NOT_ALLOWED


def test_a_refusal_reads_as_a_sentence() -> None:
    """Cause first, then what was found."""
    error = TokenRejected(Cause.WRONG_ISSUER, "It is 'https://elsewhere.example'.")
    assert str(error) == "The token comes from another issuer. It is 'https://elsewhere.example'."
    assert str(TokenRejected(Cause.BAD_SIGNATURE)) == Cause.BAD_SIGNATURE.sentence


def test_an_unusable_key_is_a_bad_value() -> None:
    """So a settings field with a key in it is refused like any other."""
    assert issubclass(KeyUnusable, ValueError)


@given(st.text() | st.binary() | st.lists(st.text()))
def test_what_a_stranger_chose_is_shown_briefly_and_plainly(value: object) -> None:
    """No control character, nothing beyond ASCII, no flood."""
    text = shown(value)
    assert len(text) <= 80
    assert text.isascii()
    assert text.isprintable()
