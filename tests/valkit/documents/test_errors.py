from valkit.documents import NoSuchDocument


def test_it_is_a_value_that_cannot_be_read() -> None:
    """As for all that is read from text."""
    assert issubclass(NoSuchDocument, ValueError)
