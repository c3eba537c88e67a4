"""Whether the PJSIP at hand is the one this program was written for: its version, its functions, its structures.

REGISTER and SUBSCRIBE go by PJSIP's public C functions, called in the same shared object that pjsua2 is. Nothing checks
such calls when they are made, so everything they rest on is checked before the first.
"""

import ctypes
from importlib import metadata
from typing import Any

from ue_sim.pjsua.child.errors import Unfit
from ue_sim.pjsua.child.structures import MessageData

PACKAGE, WHEEL = "pjsua2-python", "2.15.1.post1"
LIBRARY = "2.15.1"

POINTERS = (
    "pjsip_evsub_get_state_name",
    "pjsip_evsub_instance",
    "pjsip_generic_string_hdr_create",
    "pjsip_parse_hdr",
    "pjsip_ua_instance",
    "pjsua_get_pjsip_endpt",
    "pjsua_pool_create",
)
"""Functions that give a pointer; all others give a status, or nothing."""

RX_FROM = "_ZN2pj9SipRxData6fromPjER13pjsip_rx_data"
"""pj::SipRxData::fromPj, which makes a received message readable."""
EVENT_FROM = "_ZN2pj8SipEvent6fromPjERK11pjsip_event"
"""pj::SipEvent::fromPj, which does so with an event."""

FUNCTIONS = (
    "pj_list_insert_before",
    "pj_pool_release",
    "pjsip_dlg_create_uac",
    "pjsip_dlg_dec_lock",
    "pjsip_dlg_inc_lock",
    "pjsip_dlg_set_route_set",
    "pjsip_evsub_create_uac",
    "pjsip_evsub_initiate",
    "pjsip_evsub_register_pkg",
    "pjsip_evsub_send_request",
    "pjsip_evsub_terminate",
    "pjsip_regc_create",
    "pjsip_regc_destroy",
    "pjsip_regc_get_info",
    "pjsip_regc_init",
    "pjsip_regc_register",
    "pjsip_regc_send",
    "pjsip_regc_set_reg_tsx_cb",
    "pjsip_regc_set_route_set",
    "pjsip_regc_set_via_sent_by",
    "pjsip_regc_unregister",
    "pjsip_regc_unregister_all",
    "pjsip_regc_update_expires",
    "pjsip_tsx_set_timers",
    "pjsua_msg_data_init",
    "pjsua_process_msg_data",
    RX_FROM,
    EVENT_FROM,
)


def library() -> Any:
    """Give PJSIP's C functions. Raises Unfit."""
    try:
        installed = metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        raise Unfit(f"{PACKAGE} is not installed (expected {WHEEL}: pip install 'val-harness[ue]')") from None
    if installed != WHEEL:
        raise Unfit(f"{PACKAGE} {installed} is installed (expected {WHEEL}, whose C structures are known)")
    try:
        import pjsua2  # noqa: PLC0415  that it may be missing is the point
    except ImportError as error:
        raise Unfit(f"{PACKAGE} cannot be loaded: {error}") from error
    return checked(ctypes.CDLL(pjsua2._pjsua2.__file__))  # noqa: SLF001  the extension module has no other name


def checked(functions: Any) -> Any:
    """Give these functions ready for use. Raises Unfit when one is missing or a structure is laid out otherwise."""
    missing = [name for name in (*FUNCTIONS, *POINTERS, "pj_get_version") if not hasattr(functions, name)]
    if missing:
        raise Unfit(f"{PACKAGE} does not export {', '.join(missing)} (expected the wheel {WHEEL} from PyPI)")
    functions.pj_get_version.restype = ctypes.c_char_p
    version = functions.pj_get_version().decode()
    if version.split("-")[0] != LIBRARY:
        raise Unfit(f"{PACKAGE} holds PJSIP {version} (expected {LIBRARY}, whose C structures are known)")
    for name in POINTERS:
        getattr(functions, name).restype = ctypes.c_void_p
    _check_layout(functions)
    return functions


def _check_layout(functions: Any) -> None:
    """Have PJSIP initialise a structure, and see whether its empty list is where we think that it is."""
    data = MessageData()
    functions.pjsua_msg_data_init(ctypes.byref(data))
    place = ctypes.addressof(data) + MessageData.headers.offset
    if (data.headers.next, data.headers.previous) != (place, place):
        raise Unfit(f"{PACKAGE} lays pjsua_msg_data out otherwise than PJSIP {LIBRARY} does")
