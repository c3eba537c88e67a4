"""What a token in a message claims, in SIP as in HTTP. Pure."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from harness.expect.wanted import Difference, Wanted, differing, saying
from harness.grammar.vocabulary import Arguments
from harness.seen.claims import Claims


class Claiming(Arguments):
    """Claims that are asked for."""

    claims: dict[str, Wanted] = Field(default_factory=dict)
    """Claims of a token that it carries, in whatever carrier; nobody has verified them. Of several tokens, one has all
    of these."""

    def differing_claims(self, tokens: Sequence[Claims]) -> Iterator[Difference]:
        """Tell what the token claims otherwise that is nearest to what is asked for."""
        if not self.claims:
            return
        found = [list(self._differing(claims)) for claims in tokens]
        for each in min(found, key=len, default=[Difference("token")]):
            yield saying(each.told(str))

    def _differing(self, claims: Claims) -> Iterator[Difference]:
        for name, wanted in self.claims.items():
            yield from differing(f"claim {name}", wanted, claims.get(name, ()))

    def wanted_claims(self) -> Iterator[str]:
        """Say in words what is asked for."""
        return (wanted.of(f"claim {name}") for name, wanted in self.claims.items())
