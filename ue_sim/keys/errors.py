"""Errors of the key management client.

UeError
`-- KeysError
    +-- Unreachable     the key management server gives no answer
    +-- Refused         it refuses, with a status and perhaps a sentence
    +-- Unusable        it answers with something that is not what the protocol asks for
    +-- Doubtful        a certificate, key or message that must not be believed
    `-- NoKeys          what is asked for needs keys or a certificate that are not held
"""

from ue_sim.errors import UeError


class KeysError(UeError):
    """There are no keys, or they cannot be used; the text says why and never holds a key or token."""


class Unreachable(KeysError):
    """No answer came, or another server answered."""


class Refused(KeysError):
    """The server refuses."""

    def __init__(self, status: int, said: str = "") -> None:
        self.status = status
        super().__init__(f"the key management server refuses: {status}{f' ({said})' if said else ''}")


class Unusable(KeysError):
    """An answer that is not what the protocol asks for."""


class Doubtful(KeysError):
    """Keys that are not of this identity and this KMS, a message that nobody signed, another's certificate."""


class NoKeys(KeysError):
    """Nothing was fetched for this key period, or for this KMS."""
