from valkit.xcap import BadSelector, NothingThere, XcapUriError


def test_both_are_uris_that_cannot_be_followed() -> None:
    """Which of the two decides between 400 and 404."""
    assert issubclass(BadSelector, XcapUriError)
    assert issubclass(NothingThere, XcapUriError)
    assert not issubclass(NothingThere, BadSelector)
