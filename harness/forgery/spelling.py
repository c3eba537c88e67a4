"""What is not a token in the one way that tokens are written (RFC 7515 7.1, RFC 7519 7.2), though it looks like one."""

from collections.abc import Callable, Mapping
from json import dumps
from zlib import compress

from jwt.utils import base64url_encode

from harness.forgery.workshop import Forgery, Make, Workshop, encoded, header
from valkit.tokens import Cause, Grant, mint
from valkit.tokens.minting import sealed


def _rewritten(change: Callable[[str], str]) -> Make:
    """Write an honest token in another way."""
    return lambda workshop, grant: change(mint(workshop.key, grant))


def _holding(payload: Callable[[Workshop, Grant], bytes], **changes: object) -> Make:
    """Have the issuer sign something that are no claims."""

    def make(workshop: Workshop, grant: Grant) -> str:
        return sealed(workshop.key, encoded(header(workshop.key) | changes), payload(workshop, grant))

    return make


def _claims(_: Workshop, grant: Grant) -> bytes:
    return encoded(grant.claims())


def _twice(data: bytes, member: str, value: str) -> bytes:
    """Name a member a second time: readers may take the one or the other."""
    return data[:-1] + f',"{member}":"{value}"}}'.encode()


def _header_with_two_algorithms(workshop: Workshop, grant: Grant) -> str:
    return sealed(workshop.key, _twice(encoded(header(workshop.key)), "alg", "none"), encoded(grant.claims()))


def _as_json(token: str) -> str:
    """Write it as the flattened JSON that JWS knows beside the compact form (RFC 7515 7.2.2)."""
    head, payload, signature = token.split(".")
    return dumps({"protected": head, "payload": payload, "signature": signature})


def _encrypted(token: str) -> str:
    """Give it five segments, as an encrypted one has (RFC 7516 7.1)."""
    head = base64url_encode(encoded({"alg": "dir", "enc": "A128GCM"})).decode()
    return f"{head}..{token.split('.')[2][:16]}.{token.split('.')[1]}.{token.split('.')[2][:22]}"


SPELLING: Mapping[str, Forgery] = {
    "not_a_token": Forgery(Cause.MALFORMED, lambda *_: "not-a-token"),
    "cut_in_half": Forgery(Cause.MALFORMED, _rewritten(lambda token: token[: len(token) // 2])),
    "last_characters_lost": Forgery(Cause.MALFORMED, _rewritten(lambda token: token[:-1])),
    "padded": Forgery(Cause.MALFORMED, _rewritten(lambda token: f"{token}==")),
    "with_a_space": Forgery(Cause.MALFORMED, _rewritten(lambda token: token.replace(".", " .", 1))),
    "folded": Forgery(Cause.MALFORMED, _rewritten(lambda token: token.replace(".", ".\n", 1))),
    "a_segment_more": Forgery(Cause.MALFORMED, _rewritten(lambda token: f"{token}.{token[:8]}")),
    "encrypted": Forgery(Cause.ENCRYPTED, _rewritten(_encrypted)),
    "as_json": Forgery(Cause.MALFORMED, _rewritten(_as_json)),
    "nested": Forgery(Cause.MALFORMED, _holding(lambda workshop, grant: mint(workshop.key, grant).encode(), cty="JWT")),
    "compressed": Forgery(
        Cause.MALFORMED, _holding(lambda workshop, grant: compress(_claims(workshop, grant)), zip="DEF")
    ),
    "claim_twice": Forgery(
        Cause.MALFORMED, _holding(lambda workshop, grant: _twice(_claims(workshop, grant), grant.user_claim, "mallory"))
    ),
    "alg_twice": Forgery(Cause.MALFORMED, _header_with_two_algorithms),
    "claims_as_list": Forgery(Cause.MALFORMED, _holding(lambda workshop, grant: b"[%b]" % _claims(workshop, grant))),
    "claims_and_more": Forgery(Cause.MALFORMED, _holding(lambda workshop, grant: _claims(workshop, grant) + b"{}")),
    "claims_not_utf8": Forgery(
        Cause.MALFORMED, _holding(lambda workshop, grant: _claims(workshop, grant).replace(b'"sub":"', b'"sub":"\xe9'))
    ),
    "oversized": Forgery(Cause.TOO_LONG, _holding(lambda workshop, grant: _claims(workshop, grant) + b" " * 15_000)),
}
"""By name."""
