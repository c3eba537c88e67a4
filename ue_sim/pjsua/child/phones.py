"""One phone in this process: an account for its requests, and for each identity a registration client and a watch.

The account never registers: its registration client would take a Service-Route for its outbound proxy, and begins a
new Call-ID after each 401. Its settings are changed only when they differ, since PJSIP never frees what it replaces.
"""

from typing import Any

import pjsua2

from ue_sim.pjsua.child.errors import Refused
from ue_sim.pjsua.child.registrations import Client, Ended, Registrations
from ue_sim.pjsua.child.subscriptions import Notified, Subscription, Subscriptions


class _Account(pjsua2.Account):  # type: ignore[misc]  # pjsua2 has no types
    """What hears how a request ended. An exception here would be swallowed, and `prm` is gone after the call."""

    ended: Ended | None = None

    def onSendRequest(self, prm: Any) -> None:
        """Hand over the final response as text, or that there is none."""
        event = prm.e.body.tsxState
        ended, self.ended = self.ended, None
        if ended is not None:
            came = event.type == pjsua2.PJSIP_EVENT_RX_MSG
            ended(event.tsx.statusCode, event.src.rdata.wholeMsg if came else None)


class Phone:
    """One UE."""

    def __init__(self, registrations: Registrations, subscriptions: Subscriptions) -> None:
        self._registrations = registrations
        self._subscriptions = subscriptions
        self._clients: dict[str, Client] = {}
        self._watches: dict[str, Subscription] = {}
        self._account: _Account | None = None
        self._settings = pjsua2.AccountConfig()
        self._is_set: tuple[str, list[str]] = ("", [])

    def register(self, order: dict[str, Any], ended: Ended) -> None:
        """Send a REGISTER. Raises Refused."""
        impu = order["impu"]
        if impu not in self._clients:
            (route,) = order["routes"]
            self._clients[impu] = self._registrations.client(impu, order["uri"], order["contact"], route)
        self._clients[impu].send(order, ended)

    def subscribe(self, order: dict[str, Any], ended: Ended, notified: Notified) -> None:
        """Send a SUBSCRIBE: the first of a subscription, or a further one. Raises Refused."""
        watch = self._watches.get(order["impu"])
        if watch is None or watch.over:
            watch = self._watches[order["impu"]] = self._subscriptions.begin(order, notified)
        watch.send(order, ended)

    def request(self, order: dict[str, Any], ended: Ended) -> None:
        """Send any other request. Raises Refused."""
        account = self._speaking_as(order["impu"], order["routes"])
        wanted = pjsua2.SendRequestParam()
        wanted.method = order["method"]
        _fill(wanted.txOption, order)
        account.ended = ended
        try:
            account.sendRequest(wanted)
        except pjsua2.Error as error:
            account.ended = None
            raise Refused(error.status, error.reason) from error

    def close(self) -> None:
        """Let go of everything; says nothing to the network."""
        for client in self._clients.values():
            client.close()
        for watch in self._watches.values():
            watch.close()
        self._clients.clear()
        self._watches.clear()
        if self._account is not None:
            self._account.shutdown()
            self._account = None

    def _speaking_as(self, impu: str, routes: list[str]) -> _Account:
        """Give the account, set to this identity and these routes."""
        if self._account is not None and self._is_set == (impu, routes):
            return self._account
        settings = self._settings
        settings.idUri = impu
        proxies = settings.sipConfig.proxies
        proxies.clear()
        for route in routes:
            proxies.append(route.strip("<> "))
        settings.natConfig.contactRewriteUse = settings.natConfig.viaRewriteUse = 0
        settings.natConfig.sipOutboundUse = settings.natConfig.udpKaIntervalSec = 0
        try:
            if self._account is None:
                account = _Account()
                account.create(settings)
                self._account = account
            else:
                self._account.modify(settings)
        except pjsua2.Error as error:
            raise Refused(error.status, error.reason) from error
        self._is_set = impu, list(routes)
        return self._account


def _fill(option: Any, order: dict[str, Any]) -> None:
    """Say what goes into a request beside what PJSIP writes itself."""
    option.targetUri = order["uri"]
    for name, value in order["headers"]:
        option.headers.append(_header(name, value))
    if order["parts"]:
        kind, _, subtype = order["type"].partition("/")
        option.multipartContentType.type, option.multipartContentType.subType = kind, subtype
        for content_type, body in order["parts"]:
            option.multipartParts.append(_part(content_type, body))
    elif order["body"]:
        option.contentType, option.msgBody = order["type"], order["body"]


def _header(name: str, value: str) -> Any:
    made = pjsua2.SipHeader()
    made.hName, made.hValue = name, value
    return made


def _part(content_type: str, body: str) -> Any:
    made = pjsua2.SipMultipartPart()
    kind, _, subtype = content_type.partition("/")
    made.contentType.type, made.contentType.subType = kind, subtype
    made.body = body
    return made
