from harness.consulting.errors import NotUsable


def test_the_text_is_the_sentence_to_show() -> None:
    """Whoever catches it adds nothing but a full stop."""
    assert str(NotUsable("keys.txt has nothing in its first line")) == "keys.txt has nothing in its first line"
