"""A small honest OpenID provider over TLS, whose honesty can be taken away one piece at a time."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from attrs import define, field
from klein import Klein
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.web.http import Request

from tests.ue_sim.identity.saying import KEY, id_token
from ue_sim.identity.pkce import Pkce
from valkit.net.ca import Authority
from valkit.net.web import WebPort, answer_errors_as_json, json_answer, listen
from valkit.tokens import SigningKey, jwks

reactor: Any = the_reactor
AUTHORITY = Authority.create()
HOST = "127.0.0.2"
FORM = """<!doctype html><title>Sign in</title><form method="post" action="{action}">
<input type="hidden" name="request" value="{request}"><input name="username" autocomplete="username">
<input type="password" name="password">{more}<button>Sign in</button></form>"""
BETWEEN_DOMAINS = {
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
}
TYPE = "urn:ietf:params:oauth:token-type:jwt"
CODE_FIELD = '<input name="otp" autocomplete="one-time-code">'


@define
class Op:
    """What it knows and how it behaves."""

    keys: list[SigningKey] = field(factory=lambda: [KEY])
    wants_one_time_code: bool = False
    form_action: str = "/login"
    answers: dict[str, str] = field(factory=dict)
    """Parameters of the redirect in place of the honest ones; an empty one is left out."""
    claims: dict[str, object] = field(factory=dict)
    """Claims of the ID token in place of the honest ones."""
    document: dict[str, object] = field(factory=dict)
    response: dict[str, object] = field(factory=dict)
    page_status: int = 200
    failing: tuple[int, bytes] | None = None
    """What the token endpoint answers to everybody, whatever they bring."""
    turns: int = 0
    """How often the log-in is led round before its form is shown."""
    url: str = ""
    asked: list[str] = field(factory=list)
    """Paths that were asked for."""
    codes: dict[str, dict[str, str]] = field(factory=dict)
    refresh_tokens: dict[str, str] = field(factory=dict)
    spent: set[str] = field(factory=set)
    """Refresh tokens that were used."""
    exchange: dict[str, object] = field(factory=dict)
    """Members of the answer to a token exchange in place of the honest ones."""
    forms: list[dict[str, str]] = field(factory=list)
    """What came for the grants between domains."""
    secret: str = ""
    """The Authorization header that it wants at the token endpoint, if any."""

    async def start(self) -> WebPort:
        """Serve."""
        port = await listen(reactor, Site(self).app, HOST, 0, tls=AUTHORITY.server(HOST))
        self.url = port.url
        return port


class Site:
    """Its pages."""

    app = Klein()
    answer_errors_as_json(app)

    def __init__(self, op: Op) -> None:
        self.op = op

    @app.route("/.well-known/openid-configuration")
    def discovery(self, request: Request) -> bytes:
        """Say where all is."""
        url = self.op.url
        honest: dict[str, object] = {
            "issuer": url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "jwks_uri": f"{url}/jwks",
            "revocation_endpoint": f"{url}/revoke",
            "authorization_response_iss_parameter_supported": True,
        }
        return json_answer(request, honest | self.op.document)

    @app.route("/jwks")
    def jwks(self, request: Request) -> bytes:
        """Give the keys."""
        self.op.asked.append("/jwks")
        return jwks(*self.op.keys).encode()

    @app.route("/authorize")
    def authorize(self, request: Request) -> bytes:
        """Show the form."""
        query = request.uri.partition(b"?")[2].decode()
        self.op.asked.append("/authorize")
        if self.op.turns:
            self.op.turns -= 1
            return _redirect(request, f"/authorize?{query}")
        return self._form(request, query, self.op.page_status)

    @app.route("/refused")
    @app.route("/empty")
    def page(self, request: Request) -> bytes:
        """Show a page without a form."""
        request.setResponseCode(400 if request.path == b"/refused" else 200)
        request.setHeader("Content-Type", "text/html")
        return b"<h1>Hello</h1>"

    @app.route("/login", methods=["POST"])
    def login(self, request: Request) -> bytes:
        """Take the form."""
        assert request.content is not None
        form = dict(parse_qsl(request.content.read().decode()))
        if form["password"] != "right" or (self.op.wants_one_time_code and form.get("otp") != "123456"):
            return self._form(request, form["request"], 403)
        asked = dict(parse_qsl(form["request"]))
        code = f"code-{len(self.op.codes)}"
        self.op.codes[code] = asked
        given = {"code": code, "state": asked["state"], "iss": self.op.url} | self.op.answers
        query = urlencode({name: value for name, value in given.items() if value})
        return _redirect(request, f"{asked['redirect_uri']}?{query}")

    @app.route("/token", methods=["POST"])
    def token(self, request: Request) -> bytes:
        """Change a code or a refresh token for tokens."""
        assert request.content is not None
        form = dict(parse_qsl(request.content.read().decode()))
        self.op.asked.append(form["grant_type"])
        if self.op.failing is not None:
            request.setResponseCode(self.op.failing[0])
            return self.op.failing[1]
        if (request.getHeader("Authorization") or "") != self.op.secret:
            return json_answer(request, {"error": "invalid_client"}, 401)
        if form["grant_type"] in BETWEEN_DOMAINS:
            return self._between(request, form)
        if form["grant_type"] == "refresh_token":
            return self._refreshed(request, form["refresh_token"])
        asked = self.op.codes.pop(form["code"])
        assert Pkce(form["code_verifier"]).challenge == asked["code_challenge"]
        assert form["redirect_uri"] == asked["redirect_uri"]
        return self._tokens(request, {"nonce": asked["nonce"]})

    def _between(self, request: Request, form: dict[str, str]) -> bytes:
        """Change an access token for a security token, or that for tokens."""
        self.op.forms.append(form)
        if form["grant_type"].endswith("jwt-bearer"):
            return self._tokens(request, {})
        token = {"access_token": f"for {form['resource']}", "issued_token_type": TYPE, "token_type": "N_A"}
        said = {**token, "expires_in": 60, **self.op.exchange}
        return json_answer(request, {name: value for name, value in said.items() if value is not None})

    @app.route("/revoke", methods=["POST"])
    def revoke(self, request: Request) -> bytes:
        """Take a token back."""
        assert request.content is not None
        self.op.spent.add(dict(parse_qsl(request.content.read().decode()))["token"])
        return b""

    def _refreshed(self, request: Request, token: str) -> bytes:
        if token in self.op.spent:
            return json_answer(request, {"error": "invalid_grant", "error_description": "used before"}, 400)
        self.op.spent.add(token)
        return self._tokens(request, {})

    def _tokens(self, request: Request, nonce: dict[str, object]) -> bytes:
        number = len(self.op.asked)
        access = f"access-{number}"
        claims = {"iss": self.op.url, **nonce, **self.op.claims}
        honest: dict[str, object] = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 300,
            "refresh_token": f"refresh-{number}",
            "id_token": id_token(access, self.op.keys[-1], **claims),
        }
        said = honest | self.op.response
        return json_answer(request, {name: value for name, value in said.items() if value is not None})

    def _form(self, request: Request, query: str, status: int) -> bytes:
        request.setResponseCode(status)
        request.setHeader("Content-Type", "text/html; charset=utf-8")
        more = CODE_FIELD if self.op.wants_one_time_code else ""
        return FORM.format(action=self.op.form_action, request=query.replace("&", "&amp;"), more=more).encode()


def _redirect(request: Request, to: str) -> bytes:
    request.setResponseCode(302)
    request.setHeader("Location", to)
    return b""
