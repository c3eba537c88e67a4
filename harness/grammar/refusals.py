"""How a script says that something is to be refused: by a status or code, or by what who asked calls it. Pure."""


def refused_so(wanted: int | str | None, got: str) -> bool:
    """Whether what came is the refusal that was wanted: `not signed in` is also `not_signed_in` and `NotSignedIn`."""
    return wanted is not None and _plain(str(wanted)) == _plain(got)


def _plain(words: str) -> str:
    return words.replace(" ", "").replace("_", "").lower()
