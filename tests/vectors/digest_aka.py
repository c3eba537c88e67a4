"""Known answers of Digest AKA, over RAND, AUTN, RES, CK and IK of Milenage set 1 (TS 35.208 4.3).

Computed apart from this code, after RFC 3310, RFC 4169 and RFC 7616; the digests printed in RFC 3310 are illustrations.
"""

from typing import NamedTuple

REALM = "ims.mnc001.mcc001.3gppnetwork.org"
USERNAME = f"001010000000001@{REALM}"
URI = f"sip:{REALM}"
METHOD = "REGISTER"
NC = "00000001"
CNONCE = "0a4f113b"
NONCE = "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M="


class Case(NamedTuple):
    """One response."""

    name: str
    algorithm: str
    qop: str | None
    body: bytes
    auts: bool
    """Whether the request carries auts, so that the password is empty."""
    response: str


CASES = (
    Case("auth", "AKAv1-MD5", "auth", b"", auts=False, response="402ab8df9f3a4d63a9f47c2f90e02938"),
    Case("no qop", "AKAv1-MD5", None, b"", auts=False, response="1125a3c2e293453f07e08957ff235efc"),
    Case("auth-int, empty body", "AKAv1-MD5", "auth-int", b"", auts=False, response="5682a0ac7d51b056ce2245ed00d885c0"),
    Case("auth-int, body", "AKAv1-MD5", "auth-int", b"hello", auts=False, response="e65bf586c1f651c44566c2d52c0ed516"),
    Case("auts", "AKAv1-MD5", "auth", b"", auts=True, response="da492ad7b08bb89514f214f8c2fdb82b"),
    Case("AKAv2-MD5", "AKAv2-MD5", "auth", b"", auts=False, response="6774a29ced9929f3dd734d9a97e04ebe"),
    Case(
        "AKAv2-SHA-256",
        "AKAv2-SHA-256",
        "auth",
        b"",
        auts=False,
        response="896c3d681f1a7099e2113252351d2ce2eec83639f3318cf0356107cfd6a3bf04",
    ),
)

RSPAUTH = "cae7bfcdd22912ec0ff1fb31b2a811c5"
"""The server's proof for the first case."""

AKAV2_PASSWORDS = {
    "AKAv2-MD5": b"shzt3q8CWaZnCAWqs3WmEQ==",
    "AKAv2-SHA-256": b"wpC+5dv/7kC35JEI2hluv8XcBd+vf8XcfedJBan1buk=",
}
