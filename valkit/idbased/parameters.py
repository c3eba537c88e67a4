"""What all users agree on beforehand: P-256 for ECCSI, and Parameter Set 1 for SAKKE (RFC 6509 2.1.1, Appendix A).

Both with SHA-256. P-256 is that of FIPS 186, in the notation of RFC 6507 Appendix A.
"""

from functools import cached_property

from attrs import frozen

from valkit.idbased.curves import Curve, Point
from valkit.idbased.multiples import Comb
from valkit.idbased.numbers import number


@frozen
class Group:
    """The points that a generator of prime order q gives."""

    curve: Curve
    q: int
    generator: Point

    @cached_property
    def comb(self) -> Comb:
        """The generator's table, made on first use and then kept."""
        return Comb.of(self.curve, self.generator, self.q)


def _scalar(*lines: str) -> int:
    return int("".join(lines), 16)


def _element(*lines: str) -> int:
    return number(_scalar(*lines))


P256 = Group(
    curve=Curve(
        p=_element("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
        b=_element("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
    ),
    q=_scalar("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
    generator=Point(
        _element("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
        _element("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
    ),
)
"""The curve of ECCSI."""

SET_1 = Group(
    curve=Curve(
        p=_element(
            "997abb1f0a563fda65c61198dad0657a416c0ce19cb48261be9ae358b3e01a2e",
            "f40aab27e2fc0f1b228730d531a59cb0e791b39ff7c88a19356d27f4a666a6d0",
            "e26c6487326b4cd4512ac5cd65681ce1b6aff4a831852a82a7cf3c521c3c09aa",
            "9f94d6af56971f1ffce3e82389857db080c5df10ac7ace87666d807afea85feb",
        ),
        b=number(0),
    ),
    q=_scalar(
        "265eaec7c2958ff69971846636b4195e905b0338672d20986fa6b8d62cf8068b",
        "bd02aac9f8bf03c6c8a1cc354c69672c39e46ce7fdf222864d5b49fd2999a9b4",
        "389b1921cc9ad335144ab173595a07386dabfd2a0c614aa0a9f3cf14870f026a",
        "a7e535abd5a5c7c7ff38fa08e2615f6c203177c42b1eb3a1d99b601ebfaa17fb",
    ),
    generator=Point(
        _element(
            "53fc09ee332c29ad0a7990053ed9b52a2b1a2fd60aec69c698b2f204b6ff7cbf",
            "b5edb6c0f6ce2308ab10db9030b09e1043d5f22cdb9dfa55718bd9e7406ce890",
            "9760af765dd5bccb337c86548b72f2e1a702c3397a60de74a7c1514dba66910d",
            "d5cfb4cc80728d87ee9163a5b63f73ec80ec46c4967e0979880dc8abeae63895",
        ),
        _element(
            "0a8249063f6009f1f9f1f0533634a135d3e82016029906963d778d821e141178",
            "f5ea69f4654ec2b9e7f7f5e5f0de55f66b598ccf9a140b2e416cff0ca9e032b9",
            "70dae117ad547c6ccad696b5b7652fe0ac6f1e80164aa989492d979fc5a4d5f2",
            "13515ad7e9cb99a980bdad5ad5bb4636adb9b5706a67dcde75573fd71bef16d7",
        ),
    ),
)
"""The curve of SAKKE: supersingular, of p + 1 = 4q points; the generator is P."""

G = _element(
    "66fc2a432b6ea392148f15867d623068c6a87bd1fb94c41e27fabe658e015a87",
    "371e94744c96feda449ae9563f8bc446cbfda85d5d00ef577072da8f541721be",
    "ee0faed1828eab90b99dfb0138c7843355df0460b4a9fd74b4f1a32bcafa1ffa",
    "d682c033a7942bcce3720f20b9b7b0403c8cae87b7a0042acde0fab36461ea46",
)
"""g = <P,P>, as a number that stands for an element of PF_p."""

SSV_BITS = 128
"""n: the bits of a Shared Secret Value."""
