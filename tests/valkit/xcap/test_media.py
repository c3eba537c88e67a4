from valkit.xcap import media


def test_media_types_are_those_of_the_registry() -> None:
    """RFC 4825 15.2."""
    names = {
        "application/xcap-el+xml",
        "application/xcap-att+xml",
        "application/xcap-ns+xml",
        "application/xcap-error+xml",
    }
    assert {media.ELEMENT, media.ATTRIBUTE, media.BINDINGS, media.CONFLICT} == names
