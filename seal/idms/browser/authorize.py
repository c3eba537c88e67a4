"""The authorization request: what is checked, in the order of OpenID Connect Core 3.1.2.2 and RFC 6749 4.1.2.1.

Until the client and its redirect address are known, an error is a page (`UntrustedRequest`); from then on it is a
redirect (`Redirected`). Codes only: no implicit or hybrid response (RFC 9700 2.1.2), S256 only (RFC 7636 4.2).
Values in, a value out; who the client is has been looked up before.
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from attrs import frozen
from authlib.oauth2.rfc7636.challenge import CODE_CHALLENGE_PATTERN

from seal.idms.errors import Code, OAuthError, UntrustedRequest
from seal.idms.parameters import Parameters
from seal.idms.proving.methods import Method, chosen
from seal.idms.records import Client, Session, User

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
LONGEST = 2_000
"""Characters of a state or nonce: they come back in a header or a token."""
S256_LENGTH = 43
_UNSUPPORTED = {
    "request": Code.REQUEST_NOT_SUPPORTED,
    "request_uri": Code.REQUEST_URI_NOT_SUPPORTED,
    "registration": Code.REGISTRATION_NOT_SUPPORTED,
}
"""Parameters of OpenID Connect Core 6 and 7.2.1 that must be refused where they are not understood."""
_LOOPBACK = re.compile(r"http://(?P<host>127(?:\.[0-9]{1,3}){3}|\[::1\])(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?].*|)")


@frozen
class ReturnAddress:
    """Where the answer goes: known, so that it may be redirected to."""

    uri: str
    state: str | None
    issuer: str

    def with_code(self, code: str) -> str:
        """Give the address of the answer (RFC 6749 4.1.2, RFC 9207)."""
        return self._with({"code": code})

    def with_error(self, error: OAuthError) -> str:
        """Give the address of the refusal (RFC 6749 4.1.2.1)."""
        return self._with(error.members)

    def _with(self, parameters: dict[str, str]) -> str:
        state = {} if self.state is None else {"state": self.state}
        joint = "&" if "?" in self.uri else "?"
        return f"{self.uri}{joint}{urlencode({**parameters, **state, 'iss': self.issuer})}"


class Redirected(Exception):
    """The request is refused, and the client is told by a redirect."""

    def __init__(self, to: ReturnAddress, error: OAuthError) -> None:
        super().__init__(str(error))
        self.to = to
        self.error = error


@frozen
class Asked:
    """An authorization request that holds."""

    client: Client
    to: ReturnAddress
    scope: str
    challenge: str
    nonce: str | None
    prompt: frozenset[str]
    max_age: float | None
    method: Method
    """How the person is to log in."""
    login_hint: str
    user_id: str | None = None
    """Who it must be that logs in, or has (id_token_hint); None for anybody."""

    def answered_by(self, session: Session | None, methods: Iterable[Method], now: float) -> bool:
        """Tell whether a log-in from before is enough, so that nobody need be asked again.

        Consent is the service provider's to give, not the user's: being asked for it is being asked to log in.
        """
        if session is None or self.prompt - {"none"} or self.user_id not in {None, session.user_id}:
            return False
        if self.max_age is not None and now - session.auth_time > self.max_age:
            return False
        strength = {method.acr: method.strength for method in methods}
        return strength.get(session.acr, 0) >= self.method.strength

    def login_required(self) -> Redirected:
        """Give the refusal of a request that forbids asking anybody (prompt=none)."""
        return self._refused(Code.LOGIN_REQUIRED, "nobody is logged in, and prompt is none")

    def entitled(self, user: User | None) -> User:
        """Give the user back if tokens can be made for it; Redirected otherwise."""
        if user is None or not user.enabled:
            raise self._refused(Code.ACCESS_DENIED, "the account is not active")
        if self.user_id not in {None, user.user_id}:
            raise self._refused(Code.LOGIN_REQUIRED, "somebody else has logged in than id_token_hint names")
        if not user.val_service_ids:
            raise self._refused(Code.ACCESS_DENIED, "no VAL service is assigned to the user")
        return user

    def _refused(self, code: Code, description: str) -> Redirected:
        return Redirected(self.to, OAuthError(code, description))


def read(  # noqa: PLR0917  what was asked, then what is known
    parameters: Parameters,
    client: Client | None,
    issuer: str,
    scopes: Iterable[str],
    methods: Iterable[Method],
    hint: Mapping[str, object] | None = None,
) -> Asked:
    """Check a request of this client's. UntrustedRequest or Redirected with the first fault.

    `hint` is what its ID token says (id_token_hint); None if that is none of ours.
    """
    to = _return_address(parameters, client, issuer)
    assert client is not None
    try:
        for check in CHECKS:
            check(parameters)
        return Asked(
            client=client,
            to=to,
            scope=_scope(parameters, client, scopes),
            challenge=parameters.get("code_challenge") or "",
            nonce=parameters.get("nonce"),
            prompt=_prompt(parameters),
            max_age=_max_age(parameters),
            method=chosen(methods, parameters.get("acr_values")),
            login_hint=parameters.get("login_hint") or "",
            user_id=_hinted(parameters, client, hint),
        )
    except OAuthError as error:
        raise Redirected(to, error) from error


def _return_address(parameters: Parameters, client: Client | None, issuer: str) -> ReturnAddress:
    if parameters.repeated & {"client_id", "redirect_uri"}:
        raise UntrustedRequest("The request names its client or its return address twice.")
    if client is None:
        raise UntrustedRequest("The application is not known here (client_id).")
    uri = parameters.get("redirect_uri")
    if uri is None or not is_registered(uri, client.redirect_uris):
        raise UntrustedRequest("The address to return to is not one of the application's (redirect_uri).")
    state = parameters.get("state")
    usable = state is not None and len(state) <= LONGEST and "state" not in parameters.repeated
    return ReturnAddress(uri, state if usable else None, issuer)


def is_registered(uri: str, registered: Iterable[str]) -> bool:
    """Tell whether this is one of the registered addresses, to the letter.

    Only the port of a loopback address may be any: an app on a phone takes a free one (RFC 8252 7.3).
    """
    if uri in registered:
        return True
    loose = _without_port(uri)
    return loose is not None and any(_without_port(each) == loose for each in registered)


def _without_port(uri: str) -> tuple[str, str] | None:
    """Cut the port out of an http address on loopback; None for any other."""
    found = _LOOPBACK.fullmatch(uri)
    if found is None or int(found["port"] or 0) > 65_535:
        return None
    return found["host"], found["rest"]


def _one_value_each(parameters: Parameters) -> None:
    if parameters.repeated:
        raise OAuthError(Code.INVALID_REQUEST, "a parameter is given more than once")


def _of_bounded_length(parameters: Parameters) -> None:
    for name in ("state", "nonce"):
        if len(parameters.get(name) or "") > LONGEST:
            raise OAuthError(Code.INVALID_REQUEST, f"{name} is too long")


def _nothing_unsupported(parameters: Parameters) -> None:
    for name, code in _UNSUPPORTED.items():
        if parameters.get(name) is not None:
            raise OAuthError(code, f"{name} is not supported here")


def _response_type_code(parameters: Parameters) -> None:
    given = parameters.get("response_type")
    if given is None:
        raise OAuthError(Code.INVALID_REQUEST, "response_type is missing")
    if given != "code":
        raise OAuthError(Code.UNSUPPORTED_RESPONSE_TYPE, "response_type must be code")
    if parameters.get("response_mode") not in {None, "query"}:
        raise OAuthError(Code.INVALID_REQUEST, "response_mode must be query")


def _challenge_s256(parameters: Parameters) -> None:
    challenge = parameters.get("code_challenge")
    if challenge is None:
        raise OAuthError(Code.INVALID_REQUEST, "code_challenge is missing (RFC 7636)")
    if parameters.get("code_challenge_method") != "S256":
        raise OAuthError(Code.INVALID_REQUEST, "code_challenge_method must be S256")
    if len(challenge) != S256_LENGTH or not CODE_CHALLENGE_PATTERN.fullmatch(challenge):
        raise OAuthError(Code.INVALID_REQUEST, "code_challenge is not the base64url form of a SHA-256")


CHECKS = (_one_value_each, _of_bounded_length, _nothing_unsupported, _response_type_code, _challenge_s256)
"""What is checked of every request once it is known where the answer goes."""


def _scope(parameters: Parameters, client: Client, scopes: Iterable[str]) -> str:
    # What nobody here knows is passed over (OpenID Connect Core 3.1.2.1): many clients ask for `profile email` always.
    known = set(scopes)
    wanted = dict.fromkeys(word for word in (parameters.get("scope") or "").split() if word in known)
    if "openid" not in wanted:
        raise OAuthError(Code.INVALID_SCOPE, "scope must have openid")
    if not wanted.keys() <= set(client.scopes):
        raise OAuthError(Code.INVALID_SCOPE, "scope has something that this client may not ask for")
    return " ".join(wanted)


def _prompt(parameters: Parameters) -> frozenset[str]:
    prompt = frozenset((parameters.get("prompt") or "").split())
    if not prompt <= PROMPTS:
        raise OAuthError(Code.INVALID_REQUEST, "prompt has an unknown value")
    if "none" in prompt and len(prompt) > 1:
        raise OAuthError(Code.INVALID_REQUEST, "prompt has none together with another value")
    return prompt


def _hinted(parameters: Parameters, client: Client, hint: Mapping[str, object] | None) -> str | None:
    if parameters.get("id_token_hint") is None:
        return None
    if hint is None or hint["aud"] != client.client_id:
        raise OAuthError(Code.INVALID_REQUEST, "id_token_hint is no ID token that this client got here")
    return str(hint["sub"])


def _max_age(parameters: Parameters) -> float | None:
    text = parameters.get("max_age")
    if text is None:
        return None
    if not re.fullmatch("[0-9]{1,9}", text):
        raise OAuthError(Code.INVALID_REQUEST, "max_age is not a number of seconds")
    return float(text)
