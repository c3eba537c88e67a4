"""REGISTER by PJSIP's registration client (pjsip_regc_*): one for each phone and public identity.

A client keeps Call-ID and counts CSeq. Credentials are headers that we are given, since this PJSIP was built without
AKA. Four things of the client's own are kept from it: it would register anew by itself, it would leave out Expires when
that is what was granted last, it would answer a 423 by itself, without our headers, and over a connection it would name
the port of that in Via, and not the one that it listens at (RFC 3261 18.1.1).
"""

import ctypes
from collections.abc import Callable
from typing import Any

from ue_sim.pjsua.child.errors import Refused, check
from ue_sim.pjsua.child.messages import fill, route_set, text_of
from ue_sim.pjsua.child.structures import Heard, HostPort, RegistrationInfo, Text

TOO_BRIEF = 423
NOT_SAID = 0xFFFF_FFFF
"""PJSIP_REGC_EXPIRATION_NOT_SPECIFIED: the client writes no Expires."""
LONGEST = 0xFFFF_FFFE
"""As long as this no Min-Expires asks for, so the client leaves a 423 to us."""

NOT_BY_ITSELF = 0
"""Whether the client is to register anew when its time has come: that is the phone's business."""

Ended = Callable[[int, str | None], None]
"""Is told the status of the final response and its text; None where none came."""


class Registrations:
    """Every registration client of this process, and who waits for its answer."""

    def __init__(self, functions: Any, host: str, port: int) -> None:
        """`host` and `port` are where this process listens, over every transport."""
        self._functions = functions
        self._sent_by = HostPort(Text.of(host), port)
        self._heard = Heard(self._take)
        self._before = Heard(self._leave_423_to_us)
        self._waiting: dict[int, Ended] = {}

    def client(self, impu: str, registrar: str, contact: str, route: str) -> "Client":
        """Make a client for an identity."""
        made = ctypes.c_void_p()
        functions = self._functions
        endpoint = ctypes.c_void_p(functions.pjsua_get_pjsip_endpt())
        check(functions.pjsip_regc_create(endpoint, None, self._heard, ctypes.byref(made)))
        own, at = Text.of(impu), Text.of(contact)
        where = Text.of(registrar)
        refs = [ctypes.byref(each) for each in (where, own, own)]
        check(functions.pjsip_regc_init(made, *refs, 1, ctypes.byref(at), ctypes.c_uint32(NOT_SAID)))
        check(functions.pjsip_regc_set_reg_tsx_cb(made, self._before))
        with route_set(functions, [route]) as routes:
            check(functions.pjsip_regc_set_route_set(made, routes))
        check(functions.pjsip_regc_set_via_sent_by(made, ctypes.byref(self._sent_by), None))
        return Client(functions, made, self._waiting)

    def _take(self, event: Any) -> None:
        """Hand over how a REGISTER ended; what was received is gone after this call, so its text is copied."""
        told = event.contents
        text = text_of(self._functions, told.received) if told.received else None
        ended = self._waiting.pop(told.client, None)
        if ended is not None:
            ended(told.code, text)

    def _leave_423_to_us(self, event: Any) -> None:
        told = event.contents
        if told.code == TOO_BRIEF:
            self._functions.pjsip_regc_update_expires(ctypes.c_void_p(told.client), ctypes.c_uint32(LONGEST))


class Client:
    """One registration client."""

    def __init__(self, functions: Any, client: ctypes.c_void_p, waiting: dict[int, Ended]) -> None:
        self._functions = functions
        self._client = client
        self._waiting = waiting

    def send(self, order: dict[str, Any], ended: Ended) -> None:
        """Send the REGISTER that is ordered. Raises Refused."""
        request = self._request(order)
        fill(self._functions, request, _headers(order), order["type"], order["body"])
        self._waiting[self._key] = ended
        try:
            check(self._functions.pjsip_regc_send(self._client, request))
        except Refused:
            self._waiting.pop(self._key, None)
            raise

    def close(self) -> None:
        """Let go of the client; says nothing to the network."""
        self._waiting.pop(self._key, None)
        self._functions.pjsip_regc_destroy(self._client)

    @property
    def _key(self) -> int:
        return self._client.value or 0

    def _request(self, order: dict[str, Any]) -> ctypes.c_void_p:
        """Make the bare REGISTER, or the one that ends a registration and has its Expires."""
        functions, request = self._functions, ctypes.c_void_p()
        self._leave_expires_to_us()
        if order["everywhere"]:
            check(functions.pjsip_regc_unregister_all(self._client, ctypes.byref(request)))
        elif order["expires"]:
            check(functions.pjsip_regc_register(self._client, NOT_BY_ITSELF, ctypes.byref(request)))
        else:
            check(functions.pjsip_regc_unregister(self._client, ctypes.byref(request)))
        return request

    def _leave_expires_to_us(self) -> None:
        """Tell the client to ask for what was granted last: then it writes no Expires, and needs no memory for one."""
        known = RegistrationInfo()
        check(self._functions.pjsip_regc_get_info(self._client, ctypes.byref(known)))
        check(self._functions.pjsip_regc_update_expires(self._client, ctypes.c_uint32(known.interval)))


def _headers(order: dict[str, Any]) -> list[list[str]]:
    expires = [["Expires", str(order["expires"])]] if order["expires"] else []
    return [*order["headers"], *expires]
