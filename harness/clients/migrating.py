"""What `val ue migrate` asks for, and what the answer to it means to a user (clause 5.X.5)."""

from attrs import frozen

from valkit.exits import BAD_INPUT
from valkit.ids import Ids
from valkit.migration import MigrationRequest, ReturnRequest
from valkit.net.serving import leave
from valkit.sip import SipUri
from valkit.sip.errors import ParseError

UNCLEAR = "The VAL server's log says more, and so does `val bindings --follow` while it is asked."


@frozen
class Asking:
    """A user asks a VAL server to be served by it."""

    wanted: MigrationRequest | ReturnRequest
    to: SipUri
    """The VAL server's identity."""

    def means(self, status: int) -> str:
        """Say what holds after an answer, and what to do next."""
        match status:
            case _ if 200 <= status < 300:
                return self._served()
            case 404:
                return (
                    f"Nobody takes migrations at {self.to}: a VAL server has to have it among `migration.resources`, "
                    "and the core has to lead there (`service_identities`). `val lab up --lab migration` has it all."
                )
            case 401 | 403:
                return (
                    "Either the token does not hold here or lacks 3gpp:seal:migration_service, or this user may not "
                    f"migrate, here or by what the other domain says. {UNCLEAR}"
                )
            case 504:
                return (
                    "The other domain gave no answer: nothing has changed, or what has is being taken back. "
                    "Once the gateways of both are up, ask again."
                )
            case _:
                return UNCLEAR

    def _served(self) -> str:
        here = self.to.host
        if isinstance(self.wanted, ReturnRequest):
            return f"{here} serves this user, and no other domain does: go on with `val ue register` or `publish` here."
        home = self.wanted.home_domain
        return (
            f"{here} serves {self.wanted.home_user} of {home} from now on, and {home} does not: "
            "go on with `val ue register` or `publish` here. With --back at home it ends."
        )


def asking(user: str, to: str, ids: Ids, *, back: bool) -> Asking:
    """Read what the command line says; leave with a sentence where it cannot be."""
    try:
        uri = SipUri.parse(to)
    except ParseError:
        leave(f"--to {to} is no identity of a VAL server (expected sip:migration@partner.example)", BAD_INPUT)
    name, _, domain = user.rpartition("@")
    if back == bool(user):
        leave("migrate: give --user alice@home.example, or --back; one of them", BAD_INPUT)
    if not back and not (name and domain):
        leave(f"--user {user} says not who one is in which domain (expected alice@home.example)", BAD_INPUT)
    attempt = f"{ids.tag()}-by-hand"
    return Asking(ReturnRequest(attempt) if back else MigrationRequest(attempt, domain, name), uri)
