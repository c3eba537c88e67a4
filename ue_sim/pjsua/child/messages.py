"""Messages of PJSIP's by its C functions: what goes into one that is to be sent, and the text of one that came."""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pjsua2

from ue_sim.pjsua.child.structures import HeaderList, MessageData, Text


@contextmanager
def route_set(functions: Any, routes: Sequence[str]) -> Iterator[Any]:
    """Give a list of Route headers, the next hop first, to be copied while it is there."""
    pool = ctypes.c_void_p(functions.pjsua_pool_create(b"route", 512, 512))
    made = HeaderList.empty()
    lines = [ctypes.create_string_buffer(route.encode()) for route in routes]  # what is parsed points into them
    for line in lines:
        size, end = ctypes.c_size_t(len(line) - 1), ctypes.byref(ctypes.c_int())
        header = functions.pjsip_parse_hdr(pool, ctypes.byref(Text.of("Route")), line, size, end)
        functions.pj_list_insert_before(ctypes.byref(made), ctypes.c_void_p(header))
    try:
        yield ctypes.byref(made)
    finally:
        functions.pj_pool_release(pool)


def fill(
    functions: Any, request: ctypes.c_void_p, headers: Sequence[Sequence[str]], kind: str = "", body: str = ""
) -> None:
    """Put headers and a body into a request; all of it is copied."""
    data = MessageData()
    functions.pjsua_msg_data_init(ctypes.byref(data))
    pool = ctypes.c_void_p(functions.pjsua_pool_create(b"headers", 4096, 4096))
    texts = [(Text.of(name), Text.of(value)) for name, value in headers]
    for name, value in texts:
        header = functions.pjsip_generic_string_hdr_create(pool, ctypes.byref(name), ctypes.byref(value))
        functions.pj_list_insert_before(ctypes.byref(data, MessageData.headers.offset), ctypes.c_void_p(header))
    if body:
        data.content_type, data.body = Text.of(kind), Text.of(body)
    functions.pjsua_process_msg_data(request, ctypes.byref(data))
    functions.pj_pool_release(pool)


def text_of(functions: Any, received: int) -> str:
    """Give the text of a message that was received, which is gone after the callback that told of it."""
    readable = pjsua2.SipRxData()
    functions._ZN2pj9SipRxData6fromPjER13pjsip_rx_data(  # noqa: SLF001  C++ has its own names
        ctypes.c_void_p(int(readable.this)), ctypes.c_void_p(received)
    )
    text: str = readable.wholeMsg
    return text


def event_of(functions: Any, event: int) -> Any:
    """Give an event of a transaction as pjsua2 would hand it over."""
    readable = pjsua2.SipEvent()
    functions._ZN2pj8SipEvent6fromPjERK11pjsip_event(  # noqa: SLF001  C++ has its own names
        ctypes.c_void_p(int(readable.this)), ctypes.c_void_p(event)
    )
    return readable
