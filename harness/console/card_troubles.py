"""What to look at when a card refuses a challenge, from what the phone noted of it. Pure."""

from collections.abc import Iterator, Mapping


def why_refused(fields: Mapping[str, str]) -> Iterator[str]:
    """Give lines about an `autn refused`: what is set up differently on both sides, or what the phone did about it."""
    if fields.get("cause") == "sqn":
        yield _about_sqn(int(fields.get("ahead") or 0))
    elif fields.get("hint"):
        yield "With OP and OPc taken for each other the MAC is right: write the key under the other of `op` and `opc`."
    else:
        yield "The MAC is not the one that this card computes: compare K, and OP or OPc, with the core's file."


def _about_sqn(ahead: int) -> str:
    """Say how the network's sequence number stands to the card's (TS 33.102 C.2)."""
    told = f"SEQ is {-ahead} behind the card's" if ahead else "SEQ is the one that the card took last"
    if ahead > 0:
        told = f"SEQ is {ahead} ahead of the card's, which is too far"
    return f"{told}: the phone has answered with AUTS, so that the core takes the card's number and asks again."
