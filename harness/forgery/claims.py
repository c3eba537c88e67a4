"""Claims that must not be believed, though the issuer's key has signed them (RFC 9068 4, RFC 7519 4.1)."""

from collections.abc import Callable, Mapping

from attrs import evolve

from harness.forgery.workshop import Forgery, Make, Workshop, encoded, header
from valkit.tokens import Cause, Grant, mint
from valkit.tokens.minting import sealed

DAY = 86_400.0
MINUTE = 60.0


def _signed(change: Callable[[Grant], Grant]) -> Make:
    """Have the issuer sign another grant."""
    return lambda workshop, grant: mint(workshop.key, change(grant))


def _claiming(**claims: object) -> Make:
    """Have the issuer sign other claims; None leaves one out."""
    return _signed(lambda grant: evolve(grant, extra={**grant.extra, **claims}))


def _for_user(value: object) -> Make:
    """Have the issuer sign another value of the claim that names the VAL user."""
    return _signed(lambda grant: evolve(grant, extra={**grant.extra, grant.user_claim: value}))


def _for_services(value: object) -> Make:
    """Have the issuer sign another value of the claim that names VAL services."""
    return _signed(lambda grant: evolve(grant, extra={**grant.extra, grant.services_claim: value}))


def _moved(by: float) -> Make:
    """Have the issuer issue it at another time."""
    return _signed(lambda grant: evolve(grant, issued_at=grant.issued_at + by))


def _not_before(workshop: Workshop, grant: Grant) -> str:
    times = {"nbf": int(grant.issued_at + DAY), "exp": int(grant.issued_at + 2 * DAY)}
    return mint(workshop.key, evolve(grant, extra={**grant.extra, **times}))


def _just_expired(workshop: Workshop, grant: Grant) -> str:
    """End it a minute ago: beyond any leeway (TS 33.434 A.2.1 allows 30 s), and no more."""
    times = {"iat": int(grant.issued_at - DAY), "exp": int(grant.issued_at - MINUTE)}
    return mint(workshop.key, evolve(grant, extra={**grant.extra, **times}))


def _endless(workshop: Workshop, grant: Grant) -> str:
    """Write an end that JSON can hold and a clock never reaches."""
    claims = encoded(grant.claims() | {"exp": None})
    return sealed(workshop.key, encoded(header(workshop.key)), claims[:-1] + b',"exp":1e999}')


CLAIMS: Mapping[str, Forgery] = {
    "expired": Forgery(Cause.EXPIRED, _moved(-DAY)),
    "just_expired": Forgery(Cause.EXPIRED, _just_expired),
    "not_yet_valid": Forgery(Cause.NOT_YET_VALID, _not_before),
    "issued_in_future": Forgery(Cause.NOT_YET_VALID, _moved(DAY)),
    "no_expiry": Forgery(Cause.MISSING_CLAIM, _claiming(exp=None)),
    "expiry_as_text": Forgery(Cause.MALFORMED_CLAIM, _claiming(exp="2100-01-01T00:00:00Z")),
    "expiry_infinite": Forgery(Cause.MALFORMED_CLAIM, _endless),
    "expiry_true": Forgery(Cause.MALFORMED_CLAIM, _claiming(exp=True)),
    "wrong_issuer": Forgery(
        Cause.WRONG_ISSUER, _signed(lambda grant: evolve(grant, issuer="https://idms.elsewhere.example"))
    ),
    "issuer_with_slash": Forgery(Cause.WRONG_ISSUER, _signed(lambda grant: evolve(grant, issuer=f"{grant.issuer}/"))),
    "no_issuer": Forgery(Cause.MISSING_CLAIM, _claiming(iss=None)),
    "wrong_audience": Forgery(Cause.WRONG_AUDIENCE, _signed(lambda grant: evolve(grant, audience="another-server"))),
    "others_audience": Forgery(Cause.WRONG_AUDIENCE, _claiming(aud=["another-server", "a-third-server"])),
    "audience_of_numbers": Forgery(Cause.MALFORMED_CLAIM, _claiming(aud=[1, 2])),
    "no_audience": Forgery(Cause.MISSING_CLAIM, _claiming(aud=None)),
    "missing_scope": Forgery(Cause.MISSING_SCOPE, _signed(lambda grant: evolve(grant, scope="openid"))),
    "no_scope": Forgery(Cause.MISSING_SCOPE, _claiming(scope=None)),
    "scope_with_more_letters": Forgery(
        Cause.MISSING_SCOPE, _signed(lambda grant: evolve(grant, scope=f"{grant.scope}s".replace(" ", "s ")))
    ),
    "scope_as_list": Forgery(Cause.MALFORMED_CLAIM, _claiming(scope=["openid", "3gpp:seal:val_service"])),
    "no_val_user": Forgery(Cause.NO_VAL_USER, _signed(lambda grant: evolve(grant, val_user_id=""))),
    "val_user_as_list": Forgery(Cause.MALFORMED_CLAIM, _for_user(["alice", "mallory"])),
    "val_user_with_line_break": Forgery(Cause.MALFORMED_CLAIM, _for_user("alice\r\nmallory")),
    "no_val_service": Forgery(Cause.NO_VAL_SERVICE, _signed(lambda grant: evolve(grant, val_service_ids=()))),
    "val_service_as_text": Forgery(Cause.MALFORMED_CLAIM, _for_services("dispatch")),
    "val_service_empty": Forgery(Cause.MALFORMED_CLAIM, _for_services([""])),
    "no_jti": Forgery(Cause.MISSING_CLAIM, _claiming(jti=None)),
    "no_subject": Forgery(Cause.MISSING_CLAIM, _claiming(sub=None)),
}
"""By name."""
