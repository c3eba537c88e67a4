"""What an algorithm set for f1 to f5* is and gives (TS 33.102 6.3.2, 6.3.3), whichever set it is."""

from typing import NamedTuple, Protocol


class Outputs(NamedTuple):
    """What f1 to f5 give for one RAND, SQN and AMF (TS 33.102 6.3.2)."""

    mac_a: bytes
    """f1, 8 bytes."""
    res: bytes
    """f2: XRES at the network, RES at the USIM; 8 bytes with Milenage, 4 to 32 with TUAK."""
    ck: bytes
    """f3, 16 bytes; with TUAK perhaps 32."""
    ik: bytes
    """f4, as long as CK or not."""
    ak: bytes
    """f5, 6 bytes."""

    def __repr__(self) -> str:
        return "Outputs(...)"


class Functions(Protocol):
    """f1 to f5* with the key of one subscriber: `milenage.Milenage` or `tuak.Tuak`."""

    def outputs(self, rand: bytes, sqn: int, amf: bytes) -> Outputs:
        """Give f1 to f5 at the network."""

    def revealed(self, rand: bytes, concealed: bytes, amf: bytes) -> tuple[int, Outputs]:
        """Give SQN and f1 to f5 at the USIM, from SQN ^ AK."""

    def f1_star(self, rand: bytes, sqn: int, amf: bytes) -> bytes:
        """Give MAC-S."""

    def f5_star(self, rand: bytes) -> bytes:
        """Give AK*."""
