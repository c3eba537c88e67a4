"""What is checked before the first C function is called."""

import ctypes
import sys
from importlib import metadata
from types import SimpleNamespace
from typing import Any

import pytest

from tests.ue_sim.pjsua.presence import require_pjsua2
from ue_sim.pjsua.child import fitness
from ue_sim.pjsua.child.errors import Unfit
from ue_sim.pjsua.child.fitness import FUNCTIONS, LIBRARY, POINTERS, checked, library
from ue_sim.pjsua.child.structures import MessageData


class Version:
    """pj_get_version, as ctypes shows it."""

    restype: object = None

    def __init__(self, version: str) -> None:
        self._version = version

    def __call__(self) -> bytes:
        """Call it."""
        return self._version.encode()


def stand_in(version: str = LIBRARY, shift: int = 0) -> Any:
    """Give a library with every function; its list is `shift` bytes from where we think."""

    def init(data: Any) -> None:
        given = data._obj
        given.headers.next = given.headers.previous = ctypes.addressof(given) + MessageData.headers.offset + shift

    made = SimpleNamespace(**{name: SimpleNamespace() for name in (*FUNCTIONS, *POINTERS)})
    made.pj_get_version = Version(version)
    made.pjsua_msg_data_init = init
    return made


def test_the_wheel_that_is_installed_fits() -> None:
    """Its version, its functions, its structures."""
    require_pjsua2()
    assert library().pj_get_version().startswith(LIBRARY.encode())


def test_another_library_is_refused() -> None:
    """Its structures are not known."""
    with pytest.raises(Unfit, match=r"holds PJSIP 2\.17 \(expected 2\.15\.1"):
        checked(stand_in("2.17"))


def test_a_missing_function_is_named() -> None:
    """As where a wheel hides its symbols."""
    functions = stand_in()
    del functions.pjsip_regc_send
    with pytest.raises(Unfit, match="does not export pjsip_regc_send"):
        checked(functions)


def test_another_layout_is_refused() -> None:
    """Where the list is not where we would write to."""
    assert checked(stand_in()) is not None
    with pytest.raises(Unfit, match="lays pjsua_msg_data out otherwise"):
        checked(stand_in(shift=8))


def test_another_wheel_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is loaded."""
    monkeypatch.setattr(metadata, "version", lambda _: "2.16")
    with pytest.raises(Unfit, match=r"pjsua2-python 2\.16 is installed \(expected 2\.15\.1\.post1"):
        library()


def test_no_wheel_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which extra brings it."""

    def missing(_: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "version", missing)
    with pytest.raises(Unfit, match=r"not installed \(expected 2\.15\.1\.post1: pip install 'val-harness\[ue\]'"):
        library()


def test_a_wheel_that_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a shared object that it needs is not there."""
    monkeypatch.setattr(metadata, "version", lambda _: fitness.WHEEL)
    monkeypatch.setitem(sys.modules, "pjsua2", None)
    with pytest.raises(Unfit, match="cannot be loaded"):
        library()
