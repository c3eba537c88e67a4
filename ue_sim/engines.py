"""The SIP stacks that a phone may have, by the names that people write. Imports nothing, so that anybody may ask."""

from enum import Enum


class EngineName(Enum):
    """Which SIP stack a phone has."""

    NATIVE = "native"
    """Ours."""
    PJSUA2 = "pjsua2"
    """PJSIP, in a process of its own; needs the extra `ue`."""
