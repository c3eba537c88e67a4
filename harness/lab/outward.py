"""Which parts of a lab leave loopback, from where no other machine is reached, for an address of this one.

A part at work on this machine, whatever its address, is reached from loopback too, and then nobody moves.
"""

import socket
from collections.abc import Callable, Mapping
from ipaddress import ip_address

from harness.errors import EnvironmentFault
from harness.plans.lab import DomainPlan
from harness.seen.cast import SCSCF

ANY_PORT = 9
"""Nothing is sent: a datagram socket that is told of its peer only asks the system for a way."""

Own = Callable[[str], str]
"""Gives the address of this machine from which an address is reached; EnvironmentFault if there is no way to it."""


def own_address(host: str) -> str:
    """Ask the system for a way to an address, and give this machine's end of it; see `Own`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((host, ANY_PORT))
        except OSError as error:
            why = f"This machine has no way to {host}, where the lab says a part is: {error.strerror}."
            raise EnvironmentFault(why) from error
        return str(asking.getsockname()[0])


def moved(plan: DomainPlan, own: Own = own_address) -> Mapping[str, str]:
    """Give the parts that leave loopback, and for which address.

    Raises EnvironmentFault where there is no way, and where the lab itself has to say who is where.
    """
    valserver, core = plan.valserver.external, plan.core.external
    if core is not None:
        _is_told(plan, core.pcscf.host, own)
        return {}
    return {} if valserver is None else speaking_to(valserver.address.host, own)


def speaking_to(valserver: str, own: Own = own_address) -> Mapping[str, str]:
    """Give where the S-CSCF is that speaks to a VAL server, unless that is on loopback."""
    return {SCSCF: own(valserver)} if _elsewhere(valserver, own) else {}


def _elsewhere(host: str, own: Own) -> bool:
    """Whether it is another machine's: this one's own are reached from themselves, and loopback from loopback."""
    return not ip_address(host).is_loopback and own(host) != host


def _is_told(plan: DomainPlan, core: str, own: Own) -> None:
    """See that phones have addresses of their own, since a trace tells them apart by these, and the VAL server one."""
    if not _elsewhere(core, own):
        return
    places = [] if plan.valserver.external or "listen" in plan.valserver.settings else ["valserver.settings.listen"]
    ours = {name: ue for name, ue in plan.ues.items() if ue.external is None}
    if ours and not any("listen" in ue.settings for ue in ours.values()):
        places.append(f"ues.{next(iter(ours))}.settings.listen")
    if places:
        raise EnvironmentFault(
            f"The external core is at {core}, which loopback does not reach. Say in the lab at which addresses of this "
            f"machine its parts are, one for each ({own(core)} is one of them): {' and '.join(places)}; see "
            f"docs/your-core.md."
        )
