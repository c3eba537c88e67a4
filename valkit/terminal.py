"""Text of others on a terminal: it is read there and does nothing, whatever bytes a peer has put into it."""


def plain(text: str) -> str:
    """Give the text with all that moves a cursor, colours, reverses or hides written as Python escapes it.

    Line breaks too: it is for one line. What is printable stays, in every script.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escaped(each) for each in text)


def plain_lines(text: str) -> str:
    """Give a text of several lines with each of them plain."""
    return "\n".join(map(plain, text.split("\n")))


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
