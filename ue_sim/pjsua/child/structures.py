"""PJSIP's C structures as far as they are used here, as PJSIP 2.15.1 declares them for 64-bit machines."""

import ctypes


class Text(ctypes.Structure):
    """pj_str_t: a text and its length; this object keeps its bytes alive."""

    _fields_ = (("pointer", ctypes.c_char_p), ("length", ctypes.c_ssize_t))

    @classmethod
    def of(cls, text: str) -> "Text":
        """Make one."""
        data = text.encode("utf-8", "surrogateescape")
        return cls(data, len(data))


class HostPort(ctypes.Structure):
    """pjsip_host_port: a host without brackets, and a port."""

    _fields_ = (("host", Text), ("port", ctypes.c_int))


class HeaderList(ctypes.Structure):
    """pjsip_hdr as the head of a list; empty, it points at itself."""

    _fields_ = (
        ("previous", ctypes.c_void_p),
        ("next", ctypes.c_void_p),
        ("type", ctypes.c_int),
        ("name", Text),
        ("short_name", Text),
        ("functions", ctypes.c_void_p),
    )

    @classmethod
    def empty(cls) -> "HeaderList":
        """Make an empty list."""
        made = cls()
        made.previous = made.next = ctypes.addressof(made)
        return made


class MessageData(ctypes.Structure):
    """pjsua_msg_data: what is to be added to a message. Its multipart members are only made room for."""

    _fields_ = (
        ("target", Text),
        ("local", Text),
        ("headers", HeaderList),
        ("content_type", Text),
        ("body", Text),
        ("multipart", ctypes.c_char * 512),
    )


class RegistrationEvent(ctypes.Structure):
    """pjsip_regc_cbparam, its first members: how a REGISTER ended."""

    _fields_ = (
        ("client", ctypes.c_void_p),
        ("token", ctypes.c_void_p),
        ("status", ctypes.c_int),
        ("code", ctypes.c_int),
        ("reason", Text),
        ("received", ctypes.c_void_p),
    )


class RegistrationInfo(ctypes.Structure):
    """pjsip_regc_info: what a registration client knows."""

    _fields_ = (
        ("server", Text),
        ("client", Text),
        ("is_busy", ctypes.c_int),
        ("registers_by_itself", ctypes.c_int),
        ("interval", ctypes.c_uint),
        ("next", ctypes.c_uint),
        ("transport", ctypes.c_void_p),
    )


Heard = ctypes.CFUNCTYPE(None, ctypes.POINTER(RegistrationEvent))
"""pjsip_regc_cb, and pjsip_regc_tsx_cb, whose structure begins with the other's."""

OnState = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
"""on_evsub_state: subscription, event."""
OnTransaction = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
"""on_tsx_state: subscription, transaction, event."""
OnNotify = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 6)
"""on_rx_notify: subscription, what was received, and four places for the answer, which begins as a 200."""
OnRefreshDue = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
"""on_client_refresh: subscription."""


class SubscriptionCallbacks(ctypes.Structure):
    """pjsip_evsub_user: what hears of a subscription."""

    _fields_ = (
        ("on_state", OnState),
        ("on_transaction", OnTransaction),
        ("on_refresh_asked", ctypes.c_void_p),
        ("on_notify", OnNotify),
        ("on_refresh_due", OnRefreshDue),
        ("on_timeout", ctypes.c_void_p),
    )
