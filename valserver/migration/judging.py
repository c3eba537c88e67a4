"""A token that holds is worth nothing where its user is not served: guests before, our own after they migrate."""

from attrs import frozen

from valkit.tokens import AccessToken
from valserver.migration.standing import Standings
from valserver.requests.authorization import Judge


@frozen(eq=False)
class ServedHere:
    """A judge who asks besides whether the user is served here (MIG-01)."""

    judge: Judge
    standings: Standings

    def verify(self, token: str, now: float) -> AccessToken:
        """Believe it, or raise TokenRejected, NotActive (NotServed among them), or NotYet."""
        access = self.judge.verify(token, now)
        self.standings.require_served(access.val_user_id)
        return access

    def names(self, token: str) -> bool:
        """Whether the token says that it is of an issuer that is judged here."""
        return self.judge.names(token)
