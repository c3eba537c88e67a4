"""A length of time, as people say it. Pure."""

UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def in_words(seconds: float) -> str:
    """Say how long a time is, to two units: `3 min`, `2 h 5 min`."""
    rest = round(abs(seconds))
    words: list[str] = []
    for unit, size in UNITS:
        amount, rest = divmod(rest, size)
        if amount or (words and len(words) < 2):
            words.append(f"{amount} {unit}" if amount else "")
    return " ".join(filter(None, words[:2])) or "less than a second"
