"""The access tokens a phone holds, by name; pure. It never looks into one, and never shows one."""

from typing import TypeAlias

from attrs import define, field

from ue_sim.errors import UnknownToken

DEFAULT = "default"

Choice: TypeAlias = bool | str
"""No token, the one at hand, or the one of a name."""


@define
class Wallet:
    """Tokens by name; the one put in last is the one at hand."""

    _tokens: dict[str, str] = field(factory=dict, repr=False)
    _at_hand: str | None = None

    def put(self, token: str, name: str = DEFAULT) -> None:
        """Keep a token, in place of an older one of that name."""
        self._tokens[name] = token
        self._at_hand = name

    def renew(self, token: str, name: str = DEFAULT) -> None:
        """Put a token in the place of one that is still there; which one is at hand stays as it is."""
        if name in self._tokens:
            self._tokens[name] = token

    def drop(self, name: str = DEFAULT) -> None:
        """Let go of a token, if it is there."""
        self._tokens.pop(name, None)
        if self._at_hand == name:
            self._at_hand = next(reversed(self._tokens), None)

    def choose(self, choice: Choice) -> str | None:
        """No token; the one at hand, if there is one: nothing waits for a token (5.X.3.2.1); or the one of that name.

        Raises UnknownToken for a name that is not there.
        """
        if isinstance(choice, str):
            return self._named(choice)
        return self._tokens[self._at_hand] if choice and self._at_hand else None

    def _named(self, name: str) -> str:
        if name not in self._tokens:
            held = ", ".join(self._tokens) or "none"
            raise UnknownToken(f"there is no token {name!r} in the wallet (it holds: {held})")
        return self._tokens[name]
