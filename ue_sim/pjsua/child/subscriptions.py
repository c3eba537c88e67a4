"""SUBSCRIBE and NOTIFY by PJSIP's event framework (pjsip_evsub_*): one subscription for each phone and identity.

The dialog is PJSIP's: its Call-ID, tags, CSeq and route set, and the answer to each NOTIFY. Whether to go on is ours:
the framework would renew a subscription by itself. What a NOTIFY says is handed over as text.
"""

import ctypes
from collections.abc import Callable
from typing import Any

import pjsua2

from ue_sim.pjsua.child.errors import Refused, check
from ue_sim.pjsua.child.messages import event_of, fill, route_set, text_of
from ue_sim.pjsua.child.registrations import Ended
from ue_sim.pjsua.child.structures import (
    OnNotify,
    OnRefreshDue,
    OnState,
    OnTransaction,
    SubscriptionCallbacks,
    Text,
)

EVENT, ACCEPTED = "reg", "application/reginfo+xml"
NO_EVENT_ID = 1
"""PJSIP_EVSUB_NO_EVENT_ID: the NOTIFY need not repeat an id, since there is one subscription in a dialog."""
LONGEST = 0x7FFF_FFFF
"""Seconds; PJSIP counts in 32 bits with a sign."""

Notified = Callable[[str], None]
"""Is told the text of a NOTIFY."""


class Subscriptions:
    """Every subscription of this process, by the pointer that PJSIP knows it by."""

    def __init__(self, functions: Any) -> None:
        self._functions = functions
        self._alive: dict[int, Subscription] = {}
        self._callbacks = SubscriptionCallbacks(
            on_state=OnState(self._state_changed),
            on_transaction=OnTransaction(self._transaction_changed),
            on_notify=OnNotify(self._take),
            on_refresh_due=OnRefreshDue(lambda _: None),
        )
        events = ctypes.c_void_p(functions.pjsip_evsub_instance())
        accepted = ctypes.byref(Text.of(ACCEPTED))
        check(functions.pjsip_evsub_register_pkg(events, ctypes.byref(Text.of(EVENT)), 3600, 1, accepted))

    def begin(self, order: dict[str, Any], notified: Notified) -> "Subscription":
        """Make a subscription that has asked for nothing yet. Raises Refused."""
        functions, dialog, made = self._functions, ctypes.c_void_p(), ctypes.c_void_p()
        agent = ctypes.c_void_p(functions.pjsip_ua_instance())
        who = [ctypes.byref(Text.of(order[name])) for name in ("impu", "contact", "impu", "uri")]
        check(functions.pjsip_dlg_create_uac(agent, *who, ctypes.byref(dialog)))
        functions.pjsip_dlg_inc_lock(dialog)
        try:
            event = ctypes.byref(Text.of(EVENT))
            callbacks = ctypes.byref(self._callbacks)
            check(functions.pjsip_evsub_create_uac(dialog, callbacks, event, NO_EVENT_ID, ctypes.byref(made)))
            subscription = Subscription(functions, made, notified)
            self._alive[subscription.key] = subscription
            with route_set(functions, order["routes"]) as routes:
                check(functions.pjsip_dlg_set_route_set(dialog, routes))
        finally:
            functions.pjsip_dlg_dec_lock(dialog)
        return subscription

    # PJSIP calls these; an exception here would be swallowed

    def _state_changed(self, key: int, _: int) -> None:
        subscription = self._alive.get(key)
        name = ctypes.string_at(self._functions.pjsip_evsub_get_state_name(ctypes.c_void_p(key)))
        if subscription is not None and name == b"TERMINATED":
            del self._alive[key]
            subscription.over = True

    def _transaction_changed(self, key: int, _: int, event: int) -> None:
        """Hand over how a SUBSCRIBE ended; it is told of the transactions of NOTIFYs, too."""
        subscription = self._alive.get(key)
        readable = event_of(self._functions, event)  # has to stay: what is read of it lies in it
        told = readable.body.tsxState
        ours = told.tsx.role == pjsua2.PJSIP_ROLE_UAC and told.tsx.state >= pjsua2.PJSIP_TSX_STATE_COMPLETED
        if subscription is not None and ours:
            came = told.type == pjsua2.PJSIP_EVENT_RX_MSG
            subscription.ended(told.tsx.statusCode, told.src.rdata.wholeMsg if came else None)

    def _take(self, key: int, received: int, *_: Any) -> None:
        subscription = self._alive.get(key)
        if subscription is not None:
            subscription.notified(text_of(self._functions, received))


class Subscription:
    """One subscription."""

    def __init__(self, functions: Any, subscription: ctypes.c_void_p, notified: Notified) -> None:
        self._functions = functions
        self._subscription = subscription
        self._waiting: Ended | None = None
        self.key = subscription.value or 0
        self.notified = notified
        self.over = False
        """Whether PJSIP knows it no longer."""

    def send(self, order: dict[str, Any], ended: Ended) -> None:
        """Begin, go on, or with 0 seconds end it. Raises Refused."""
        functions, request = self._functions, ctypes.c_void_p()
        seconds = ctypes.c_int32(min(order["expires"], LONGEST))
        check(functions.pjsip_evsub_initiate(self._subscription, None, seconds, ctypes.byref(request)))
        fill(functions, request, order["headers"])
        self._waiting = ended
        try:
            check(functions.pjsip_evsub_send_request(self._subscription, request))
        except Refused:
            self._waiting = None
            raise

    def ended(self, status: int, text: str | None) -> None:
        """Tell how the SUBSCRIBE that is under way ended."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting(status, text)

    def close(self) -> None:
        """Let go of it; says nothing to the network."""
        self._waiting = None
        if not self.over:
            self._functions.pjsip_evsub_terminate(self._subscription, 0)
